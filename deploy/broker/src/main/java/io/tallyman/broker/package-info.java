@NullMarked
package io.tallyman.broker;

import org.jspecify.annotations.NullMarked;
