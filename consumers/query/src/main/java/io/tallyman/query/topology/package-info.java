@NullMarked
package io.tallyman.query.topology;

import org.jspecify.annotations.NullMarked;
