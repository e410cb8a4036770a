package io.tallyman.agent.identity;

/**
 * Who this agent is and which host it watches; the same through one run of the agent.
 *
 * @param hostId configured, else the engine's; key of the topics keyed by host
 * @param hostName configured, else the engine's
 * @param agentId UUID made once in the data directory
 * @param incarnation count of starts on the data directory; 1 at the first
 * @param runId UUID of this run of the process
 */
public record AgentIdentity(
    String hostId, String hostName, String agentId, long incarnation, String runId) {}
