@NullMarked
package io.tallyman.query.view;

import org.jspecify.annotations.NullMarked;
