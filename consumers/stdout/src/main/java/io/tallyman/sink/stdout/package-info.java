/** The sink that prints records, a line each. */
@NullMarked
package io.tallyman.sink.stdout;

import org.jspecify.annotations.NullMarked;
