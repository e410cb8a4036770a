package io.tallyman.agent.engine;

import io.tallyman.agent.engine.EngineTransport.Channel;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A Docker Engine that is reached through docker-java's transport.
 *
 * <p>The API version is agreed on with the first call, and again after the engine refused it, which
 * it does after an upgrade or a downgrade. Safe from any thread.
 */
public final class DockerJavaEngine implements DockerEngine {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(15);

  private static final String LIFECYCLE_FILTER =
      encoded(
          "{\"type\":[\"container\"],\"event\":[\"create\",\"start\",\"restart\",\"stop\",\"die\","
              + "\"kill\",\"oom\",\"pause\",\"unpause\",\"rename\",\"update\",\"health_status\","
              + "\"destroy\"]}");

  /** What the engine says of a version that is too old or too new for it. */
  private static final String REFUSED_VERSION = "client version";

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final EngineTransport transport;
  private volatile InfoParser.@Nullable Version version;

  /**
   * Makes ready to talk to an engine; reads the certificates, opens no connection.
   *
   * @throws IllegalArgumentException when a certificate or key cannot be used
   */
  public DockerJavaEngine(EngineEndpoint endpoint) {
    transport = new EngineTransport(endpoint);
  }

  @Override
  public EngineInfo info() {
    InfoParser.Version agreed = agree();
    return transport.call(
        "/v" + apiVersion(agreed) + "/info",
        CALL_TIMEOUT,
        body -> InfoParser.info(body, agreed.engineVersion(), apiVersion(agreed)));
  }

  @Override
  public List<ContainerSummary> list() {
    return call("/containers/json?all=true", CALL_TIMEOUT, ContainerParser::list);
  }

  @Override
  public ContainerDetails inspect(String containerId, Duration timeout) {
    return call("/containers/" + encoded(containerId) + "/json", timeout, ContainerParser::details);
  }

  @Override
  public EventStream events(EventQuery query) {
    StringBuilder path = new StringBuilder("/events");
    char separator = '?';
    if (query.sinceNanos() != null) {
      path.append(separator).append("since=").append(seconds(query.sinceNanos()));
      separator = '&';
    }
    if (query.untilNanos() != null) {
      path.append(separator).append("until=").append(seconds(query.untilNanos()));
      separator = '&';
    }
    if (query.lifecycleOnly()) {
      path.append(separator).append("filters=").append(LIFECYCLE_FILTER);
    }
    return new OpenEvents(
        open(Channel.EVENTS, path.toString()),
        query.lifecycleOnly() ? EventParser::parse : EventParser::parseTime);
  }

  @Override
  public StatsReading readStats(String containerId, Duration timeout) {
    return call(
        "/containers/" + encoded(containerId) + "/stats?stream=false&one-shot=true",
        timeout,
        StatsParser::parse);
  }

  @Override
  public StatsStream streamStats(String containerId) {
    return new OpenStats(
        open(Channel.STREAMS, "/containers/" + encoded(containerId) + "/stats?stream=true"));
  }

  @Override
  public void close() {
    transport.close();
  }

  private <T> T call(String path, Duration timeout, EngineTransport.BodyReader<T> reader) {
    try {
      return transport.call(versioned(path), timeout, reader);
    } catch (EngineException.Unexpected e) {
      forgetRefusedVersion(e);
      throw e;
    }
  }

  private OpenBody open(Channel channel, String path) {
    try {
      return transport.open(channel, versioned(path), OPEN_TIMEOUT);
    } catch (EngineException.Unexpected e) {
      forgetRefusedVersion(e);
      throw e;
    }
  }

  /** Other answers that were not expected say nothing of the version. */
  private void forgetRefusedVersion(EngineException.Unexpected answer) {
    if (String.valueOf(answer.getMessage()).contains(REFUSED_VERSION)) {
      version = null;
    }
  }

  private String versioned(String path) {
    InfoParser.Version known = version;
    return "/v" + apiVersion(known == null ? agree() : known) + path;
  }

  private InfoParser.Version agree() {
    InfoParser.Version answer = transport.call("/version", VERSION_TIMEOUT, InfoParser::version);
    apiVersion(answer);
    version = answer;
    return answer;
  }

  private static ApiVersion apiVersion(InfoParser.Version version) {
    return ApiVersion.negotiate(
        version.oldestOffered(), version.offered(), version.engineVersion());
  }

  private static String seconds(long nanos) {
    return Math.floorDiv(nanos, NANOS_PER_SECOND)
        + "."
        + String.format(Locale.ROOT, "%09d", Math.floorMod(nanos, NANOS_PER_SECOND));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private record OpenEvents(OpenBody body, EngineTransport.BodyReader<EngineEvent> reader)
      implements EventStream {
    @Override
    public @Nullable EngineEvent next() {
      return body.next(reader);
    }

    @Override
    public void close() {
      body.close();
    }
  }

  private record OpenStats(OpenBody body) implements StatsStream {
    @Override
    public @Nullable StatsReading next() {
      return body.next(StatsParser::parse);
    }

    @Override
    public void close() {
      body.close();
    }
  }
}
