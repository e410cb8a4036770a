/** Keeps records on disk, in order and safe from crashes, until Kafka has them. */
@NullMarked
package io.tallyman.agent.spool;

import org.jspecify.annotations.NullMarked;
