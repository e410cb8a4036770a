/** Standalone mode: broker, agent, query service and sinks in one process, and what it shows. */
@NullMarked
package io.tallyman.cli.up;

import org.jspecify.annotations.NullMarked;
