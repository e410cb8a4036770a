package io.tallyman.agent.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The engine of this machine, for tests tagged {@code docker}: makes containers of an image with
 * nothing but busybox, and removes on close those that it made.
 */
public final class RealEngine implements AutoCloseable {

  /** Every container made here carries it; its value tells the test run. */
  public static final String LABEL = "io.tallyman.test";

  private static final String IMAGE = "tallyman-test-busybox";
  private static final String BUSYBOX = "/bin/busybox";
  private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"");

  private final EngineEndpoint endpoint;
  private final DockerHttpClient client;
  private final String run = UUID.randomUUID().toString();
  private final List<String> made = new ArrayList<>();

  /** Connects to the engine that {@code DOCKER_HOST} names, else the local one; makes the image. */
  public RealEngine() {
    this(
        EngineEndpoint.fromEnvironment(
            System.getenv(), Path.of(System.getProperty("user.home", "/"))));
  }

  /** Connects to another engine of this machine; makes the image. */
  public RealEngine(EngineEndpoint endpoint) {
    this.endpoint = endpoint;
    URI host = endpoint.host();
    client = new ZerodepDockerHttpClient.Builder().dockerHost(host).build();
    makeImage();
  }

  public EngineEndpoint endpoint() {
    return endpoint;
  }

  /** Creates and starts a container of a busybox command, such as {@code sleep 1000}. */
  public String run(String name, Map<String, String> labels, String... command) {
    String id = create(name, labels, "{}", command);
    start(id);
    return id;
  }

  /**
   * Creates a container.
   *
   * @param hostConfig JSON of {@code HostConfig}
   * @param command a busybox applet and its arguments
   */
  public String create(
      String name, Map<String, String> labels, String hostConfig, String... command) {
    Map<String, String> all = new TreeMap<>(labels);
    all.put(LABEL, run);
    String labelJson =
        all.entrySet().stream()
            .map(e -> quoted(e.getKey()) + ":" + quoted(e.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
    String commandJson =
        Arrays.stream(command)
            .map(RealEngine::quoted)
            .collect(Collectors.joining(",", "[" + quoted(BUSYBOX) + ",", "]"));
    String body =
        "{\"Image\":"
            + quoted(IMAGE)
            + ",\"Cmd\":"
            + commandJson
            + ",\"Env\":[\"TALLYMAN_TEST_SECRET=do-not-read\"],\"StopTimeout\":1,\"Labels\":"
            + labelJson
            + ",\"HostConfig\":"
            + hostConfig
            + "}";
    String answer = post("/containers/create?name=" + encoded(name), body);
    Matcher matcher = ID.matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("create answered " + answer);
    }
    synchronized (made) {
      made.add(matcher.group(1));
    }
    return matcher.group(1);
  }

  public void start(String id) {
    post("/containers/" + id + "/start", "");
  }

  public void stop(String id) {
    post("/containers/" + id + "/stop?t=1", "");
  }

  public void kill(String id) {
    post("/containers/" + id + "/kill", "");
  }

  public void restart(String id) {
    post("/containers/" + id + "/restart?t=0", "");
  }

  public void pause(String id) {
    post("/containers/" + id + "/pause", "");
  }

  public void unpause(String id) {
    post("/containers/" + id + "/unpause", "");
  }

  public void rename(String id, String name) {
    post("/containers/" + id + "/rename?name=" + encoded(name), "");
  }

  /** Removes a container, running or not. */
  public void remove(String id) {
    send(Request.Method.DELETE, "/containers/" + id + "?force=true&v=true", new byte[0], "");
    synchronized (made) {
      made.remove(id);
    }
  }

  /** The body of a GET, as the engine sent it. */
  public String get(String path) {
    return send(Request.Method.GET, path, new byte[0], "");
  }

  @Override
  public void close() throws IOException {
    List<String> left;
    synchronized (made) {
      left = List.copyOf(made);
    }
    left.forEach(this::remove);
    client.close();
  }

  private void makeImage() {
    String filter = encoded("{\"reference\":[\"" + IMAGE + "\"]}");
    if (get("/images/json?filters=" + filter).contains(IMAGE)) {
      return;
    }
    String path = "/images/create?fromSrc=-&repo=" + IMAGE + "&tag=latest";
    send(Request.Method.POST, path, tarOfBusybox(), "application/x-tar");
  }

  private static byte[] tarOfBusybox() {
    try {
      Process tar =
          new ProcessBuilder("tar", "-chf", "-", "-C", "/", BUSYBOX.substring(1))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] archive = tar.getInputStream().readAllBytes();
      if (tar.waitFor() != 0) {
        throw new IllegalStateException("tar failed; is busybox-static installed?");
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String post(String path, String body) {
    return send(
        Request.Method.POST, path, body.getBytes(StandardCharsets.UTF_8), "application/json");
  }

  private String send(Request.Method method, String path, byte[] body, String contentType) {
    Request.Builder request = Request.builder().method(method).path("/v1.41" + path);
    if (body.length > 0) {
      request.bodyBytes(body).putHeader("Content-Type", contentType);
    }
    try (Response response = client.execute(request.build())) {
      String text = new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
      if (response.getStatusCode() >= 300 && response.getStatusCode() != 304) {
        throw new IllegalStateException(
            method + " " + path + " answered " + response.getStatusCode() + ": " + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
