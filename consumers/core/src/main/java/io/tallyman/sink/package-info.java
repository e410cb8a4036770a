@NullMarked
package io.tallyman.sink;

import org.jspecify.annotations.NullMarked;
