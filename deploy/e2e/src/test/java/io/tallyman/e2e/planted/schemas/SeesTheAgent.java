package io.tallyman.e2e.planted.schemas;

import io.tallyman.e2e.planted.agent.Agent;

/** Breaks the rule, to show that it can be broken. */
public record SeesTheAgent(Agent agent) {}
