@NullMarked
package io.tallyman.query.openapi;

import org.jspecify.annotations.NullMarked;
