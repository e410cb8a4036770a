@NullMarked
package io.tallyman.e2e.planted.sink.two;

import org.jspecify.annotations.NullMarked;
