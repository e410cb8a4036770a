package io.tallyman.sink.influxdb;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tags that tell containers and hosts apart in the tallyman layout. */
final class Tags {

  static final String HOST_ID = "host_id";
  static final String HOST = "host";
  static final String CONTAINER_ID = "container_id";

  private Tags() {}

  /** A tag without a value cannot be written: it is left out. */
  static void put(SortedMap<String, String> tags, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      tags.put(name, value);
    }
  }

  static SortedMap<String, String> host(String hostId, String hostName) {
    var tags = new TreeMap<String, String>();
    put(tags, HOST_ID, hostId);
    put(tags, HOST, hostName);
    return tags;
  }

  static SortedMap<String, String> container(
      String hostId,
      String hostName,
      String containerId,
      @Nullable String containerName,
      @Nullable String image,
      @Nullable String project,
      @Nullable String service) {
    var tags = host(hostId, hostName);
    put(tags, CONTAINER_ID, containerId);
    put(tags, "container_name", containerName);
    put(tags, "image", image);
    put(tags, "project", project);
    put(tags, "service", service);
    return tags;
  }
}
