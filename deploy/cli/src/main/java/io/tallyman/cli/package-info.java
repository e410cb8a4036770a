/** The command line: reads settings, starts parts, and runs all of them as one in {@code up}. */
@NullMarked
package io.tallyman.cli;

import org.jspecify.annotations.NullMarked;
