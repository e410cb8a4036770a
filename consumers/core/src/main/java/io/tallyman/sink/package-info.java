/** Sinks: what they promise, and the worker that feeds them from Kafka. */
@NullMarked
package io.tallyman.sink;

import org.jspecify.annotations.NullMarked;
