/** A Docker Engine that is not there: the API that the agent uses, over a real socket. */
@NullMarked
package io.tallyman.simulator;

import org.jspecify.annotations.NullMarked;
