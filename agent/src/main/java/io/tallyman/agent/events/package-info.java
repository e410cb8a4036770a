/** From the engine's event stream to lifecycle records. */
@NullMarked
package io.tallyman.agent.events;

import org.jspecify.annotations.NullMarked;
