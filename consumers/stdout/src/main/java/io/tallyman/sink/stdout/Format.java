package io.tallyman.sink.stdout;

/** How a record is printed. */
enum Format {
  JSON,
  TEXT,
  AVRO_JSON;

  LineFormat lines() {
    return switch (this) {
      case JSON -> new JsonLines();
      case TEXT -> new TextLines();
      case AVRO_JSON -> new AvroJsonLines();
    };
  }
}
