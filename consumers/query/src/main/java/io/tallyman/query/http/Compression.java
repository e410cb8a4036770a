package io.tallyman.query.http;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.server.netty.DefaultHttpCompressionStrategy;
import io.micronaut.http.server.netty.HttpCompressionStrategy;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import jakarta.inject.Singleton;

/**
 * Compresses larger texts, but never the stream: its frames are encoded once for all clients, and
 * compressing is what each would have to pay for again.
 */
@Singleton
@Replaces(DefaultHttpCompressionStrategy.class)
final class Compression implements HttpCompressionStrategy {

  private static final int MIN_BYTES = 1024;
  private static final int LEVEL = 4;

  @Override
  public boolean shouldCompress(HttpResponse response) {
    String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE);
    Integer length = response.headers().getInt(HttpHeaderNames.CONTENT_LENGTH);
    return type != null
        && (length == null || length >= MIN_BYTES)
        && !type.startsWith("text/event-stream")
        && (type.startsWith("text/")
            || type.contains("json")
            || type.contains("javascript")
            || type.contains("svg"));
  }

  @Override
  public int getCompressionLevel() {
    return LEVEL;
  }

  @Override
  public int getMaxZstdEncodeSize() {
    return 1 << 20;
  }
}
