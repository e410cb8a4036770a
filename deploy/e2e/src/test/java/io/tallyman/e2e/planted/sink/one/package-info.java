@NullMarked
package io.tallyman.e2e.planted.sink.one;

import org.jspecify.annotations.NullMarked;
