@NullMarked
package io.tallyman.e2e;

import org.jspecify.annotations.NullMarked;
