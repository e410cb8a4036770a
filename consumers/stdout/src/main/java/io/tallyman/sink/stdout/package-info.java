@NullMarked
package io.tallyman.sink.stdout;

import org.jspecify.annotations.NullMarked;
