@NullMarked
package io.tallyman.testkit;

import org.jspecify.annotations.NullMarked;
