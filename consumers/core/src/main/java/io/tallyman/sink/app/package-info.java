/** Sinks as programs: wiring, health and metrics over HTTP. */
@Configuration
@Requires(property = "tallyman.part.sink")
@NullMarked
package io.tallyman.sink.app;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
