@NullMarked
package io.tallyman.agent;

import org.jspecify.annotations.NullMarked;
