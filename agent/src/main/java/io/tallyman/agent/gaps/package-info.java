/** The holes in what the agent could see or keep, and the records that tell of them. */
@NullMarked
package io.tallyman.agent.gaps;

import org.jspecify.annotations.NullMarked;
