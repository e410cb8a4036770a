@NullMarked
package io.tallyman.query;

import org.jspecify.annotations.NullMarked;
