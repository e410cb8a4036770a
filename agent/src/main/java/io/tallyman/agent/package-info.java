/** What all parts of the agent share. */
@NullMarked
package io.tallyman.agent;

import org.jspecify.annotations.NullMarked;
