@NullMarked
package io.tallyman.bench;

import org.jspecify.annotations.NullMarked;
