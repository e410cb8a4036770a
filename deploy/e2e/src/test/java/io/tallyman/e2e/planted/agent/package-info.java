@NullMarked
package io.tallyman.e2e.planted.agent;

import org.jspecify.annotations.NullMarked;
