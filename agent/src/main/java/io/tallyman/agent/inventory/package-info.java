/** What the agent knows of the containers of its host. */
@NullMarked
package io.tallyman.agent.inventory;

import org.jspecify.annotations.NullMarked;
