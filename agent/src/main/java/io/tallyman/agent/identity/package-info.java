/** Who this agent is and which host it watches. */
@NullMarked
package io.tallyman.agent.identity;

import org.jspecify.annotations.NullMarked;
