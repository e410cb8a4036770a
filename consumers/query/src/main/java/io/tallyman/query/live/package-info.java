@NullMarked
package io.tallyman.query.live;

import org.jspecify.annotations.NullMarked;
