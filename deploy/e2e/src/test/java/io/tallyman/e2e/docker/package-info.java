@NullMarked
package io.tallyman.e2e.docker;

import org.jspecify.annotations.NullMarked;
