@NullMarked
package io.tallyman.query.history;

import org.jspecify.annotations.NullMarked;
