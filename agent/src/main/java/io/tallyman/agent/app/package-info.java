/** Wires the agent together: configuration, HTTP endpoints, start and stop. */
@Configuration
@Requires(property = "tallyman.part.agent")
@NullMarked
package io.tallyman.agent.app;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
