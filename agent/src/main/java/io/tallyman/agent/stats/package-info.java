/** From ticks and readings to stats records. */
@NullMarked
package io.tallyman.agent.stats;

import org.jspecify.annotations.NullMarked;
