@NullMarked
package io.tallyman.simulator;

import org.jspecify.annotations.NullMarked;
