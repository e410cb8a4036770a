/** The sink that keeps records as documents in MongoDB. */
@NullMarked
package io.tallyman.sink.mongodb;

import org.jspecify.annotations.NullMarked;
