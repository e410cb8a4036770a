@NullMarked
package io.tallyman.query.state;

import org.jspecify.annotations.NullMarked;
