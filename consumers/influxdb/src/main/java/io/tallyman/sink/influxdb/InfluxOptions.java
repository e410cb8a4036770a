package io.tallyman.sink.influxdb;

import io.tallyman.sink.SinkOption;
import io.tallyman.sink.SinkOptions;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options, checked.
 *
 * @param url without a slash at its end
 * @param bucket of v2; the database's name when it was not given
 * @param bucketGiven whether it was
 */
record InfluxOptions(
    URI url,
    Version version,
    String database,
    String bucket,
    boolean bucketGiven,
    Optional<String> org,
    Optional<String> token,
    Optional<String> username,
    String password,
    Layout layout,
    FieldChoice fields) {

  /** Which endpoint is written to. */
  enum Version {
    AUTO,
    V1,
    V2
  }

  static final List<SinkOption> DECLARED =
      List.of(
          SinkOption.of("url", null, "Where InfluxDB is, such as http://influxdb:8086.")
              .asMandatory(),
          SinkOption.of(
              "version",
              "auto",
              "1 (/write), 2 (/api/v2/write, which InfluxDB 3 and VictoriaMetrics have too), or auto"
                  + " (asks the store)."),
          SinkOption.of("database", "tallyman", "The database of version 1; it must exist."),
          SinkOption.of(
              "bucket",
              null,
              "The bucket of version 2; it must exist. Default: the database's name."),
          SinkOption.of("org", null, "The organisation of version 2, where the store needs one."),
          SinkOption.secret("token", "The token, of version 2."),
          SinkOption.of("username", null, "The user, of version 1."),
          SinkOption.secret("password", "The user's password."),
          SinkOption.of(
              "layout",
              "tallyman",
              "How samples are laid out: tallyman, telegraf, statspout or docker_stats."),
          SinkOption.of(
              "fields",
              "all",
              "The fields of samples that are written: all, essential, or names from the layout with"
                  + " commas between them."));

  static InfluxOptions of(SinkOptions options) {
    var layout = options.oneOf("layout", Layout.class);
    var database = options.required("database");
    var bucket = options.text("bucket");
    return new InfluxOptions(
        url(options.required("url")),
        version(options.required("version")),
        database,
        bucket.orElse(database),
        bucket.isPresent(),
        options.text("org"),
        options.text("token"),
        options.text("username"),
        options.text("password").orElse(""),
        layout,
        FieldChoice.of(options.required("fields"), layout));
  }

  /** Without token and password. */
  @Override
  public String toString() {
    return "InfluxOptions[url=%s, version=%s, database=%s, bucket=%s, layout=%s]"
        .formatted(url, version, database, bucket, layout);
  }

  private static URI url(String text) {
    try {
      var url = URI.create(text.replaceAll("/+$", ""));
      if (url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getQuery() == null
          && url.getUserInfo() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw wrongUrl(e);
    }
    throw wrongUrl(null);
  }

  /** The text may hold a password and is not repeated. */
  private static IllegalArgumentException wrongUrl(@Nullable Throwable cause) {
    return new IllegalArgumentException(
        "option url must be such as http://influxdb:8086, without user, password or parameters",
        cause);
  }

  private static Version version(String text) {
    return switch (text) {
      case "auto" -> Version.AUTO;
      case "1" -> Version.V1;
      case "2" -> Version.V2;
      default ->
          throw new IllegalArgumentException(
              "option version is '%s', but must be auto, 1 or 2".formatted(text));
    };
  }
}
