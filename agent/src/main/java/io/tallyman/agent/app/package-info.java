/** Wires the agent together: configuration, HTTP endpoints, start and stop. */
@NullMarked
package io.tallyman.agent.app;

import org.jspecify.annotations.NullMarked;
