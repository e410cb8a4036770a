@NullMarked
package io.tallyman.cli;

import org.jspecify.annotations.NullMarked;
