/** The command line's own access to Kafka. */
@NullMarked
package io.tallyman.cli.kafka;

import org.jspecify.annotations.NullMarked;
