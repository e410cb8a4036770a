@NullMarked
package io.tallyman.e2e.planted.schemas;

import org.jspecify.annotations.NullMarked;
