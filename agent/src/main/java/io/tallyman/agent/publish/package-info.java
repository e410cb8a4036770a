/** Lanes that carry records to Kafka. */
@NullMarked
package io.tallyman.agent.publish;

import org.jspecify.annotations.NullMarked;
