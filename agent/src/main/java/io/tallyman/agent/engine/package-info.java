/**
 * The Docker Engine as the agent sees it: a small facade over the client library, and its values.
 */
@NullMarked
package io.tallyman.agent.engine;

import org.jspecify.annotations.NullMarked;
