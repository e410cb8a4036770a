package io.tallyman.sink.mongodb;

import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.ContainerAlert;
import io.tallyman.v1.ContainerEvent;
import io.tallyman.v1.ContainerState;
import io.tallyman.v1.ContainerStats;
import io.tallyman.v1.HostStatus;
import io.tallyman.v1.StreamGap;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * What the store has to hold after a log of records, told a second time: field by field from the
 * contract, without anything of the sink. A line for each document, by collection and id, of which
 * only a fingerprint is compared, so that a million of them need no memory.
 */
final class Reference {

  /** Samples are many, and what is written once of them stays. */
  private Fingerprint samples = new Fingerprint();

  private String lastSample = "";
  private final Map<String, String> lines = new TreeMap<>();
  private final Map<String, Instant> newest = new TreeMap<>();
  private final Map<String, Double> raised = new TreeMap<>();

  /** The next record of the log. */
  void add(SpecificRecord record) {
    switch (record) {
      case ContainerStats stats -> sample(stats);
      case ContainerEvent event -> lines.putIfAbsent("events " + event.getEventId(), line(event));
      case StreamGap gap -> lines.putIfAbsent("gaps " + gap.getGapId(), line(gap));
      case ContainerState state ->
          state("containers " + state.getContainerId(), state.getAsOf(), line(state));
      case HostStatus host -> state("hosts " + host.getHostId(), host.getAsOf(), line(host));
      case ContainerAlert alert -> alert(alert);
      default -> throw new IllegalArgumentException(record.getSchema().getName());
    }
  }

  /** A log has the twins of a sample one after the other. */
  private void sample(ContainerStats stats) {
    var id =
        "stats %s/%s/%d"
            .formatted(stats.getHostId(), stats.getContainerId(), micros(stats.getSampledAt()));
    if (!id.equals(lastSample)) {
      samples.add(id, line(stats));
    }
    lastSample = id;
  }

  private void state(String id, Instant asOf, String line) {
    var last = newest.get(id);
    if (last == null || asOf.isAfter(last)) {
      newest.put(id, asOf);
      lines.put(id, line);
    }
    lines.remove("removed " + id);
  }

  private void alert(ContainerAlert alert) {
    var id = "alerts " + alert.getAlertId();
    if (alert.getPhase() == AlertPhase.RAISED) {
      raised.put(id, alert.getObservedPercent());
    }
    if (alert.getPhase() == AlertPhase.CLEARED || !lines.containsKey(id)) {
      lines.put(id, line(alert));
    }
  }

  /** The next record of the log, a container's end. */
  void remove(String containerId, Instant at) {
    lines.put("removed containers " + containerId, "" + micros(at));
  }

  /** The store has no samples any more. */
  void forgetSamples() {
    samples = new Fingerprint();
  }

  /** What the store must have. */
  Fingerprint fingerprint() {
    var all = new Fingerprint();
    all.addAll(samples);
    lines.forEach(all::add);
    raised.forEach((id, percent) -> all.add("raised " + id, "" + percent));
    return all;
  }

  /** What the store has. */
  static Fingerprint of(TestStore store) {
    var all = new Fingerprint();
    store.forEach((collection, document) -> {
      var name = collection + " " + document.get("_id");
      all.add(name, line(collection, document));
      if (document.containsKey("removedAtMicros")) {
        all.add("removed " + name, "" + document.get("removedAtMicros"));
      }
      if (document.get("raised") instanceof Document begin) {
        all.add("raised " + name, "" + begin.get("observedPercent"));
      }
    });
    return all;
  }

  private static String line(ContainerStats s) {
    return join(
        s.getHostName(),
        s.getContainerName(),
        s.getImage(),
        labels(s.getLabels()),
        s.getSequence(),
        micros(s.getSampledAt()),
        s.getTick() == null ? null : micros(s.getTick()),
        s.getSource(),
        s.getIntervalMillis(),
        s.getReset(),
        s.getCpu().getUsageNanos(),
        s.getCpu().getPerCpuNanos(),
        s.getCpu().getPercent(),
        s.getMemory().getUsedBytes(),
        s.getMemory().getLimitBytes(),
        s.getMemory().getPercent(),
        s.getNetworks().stream()
            .map(network -> join(network.getName(), network.getRxBytes(), network.getTxBytes()))
            .toList(),
        s.getBlockIo().stream()
            .map(device -> join(device.getMajor(), device.getReadBytes(), device.getWriteBytes()))
            .toList(),
        s.getPids().getCurrent(),
        s.getPids().getLimit());
  }

  private static String line(ContainerEvent e) {
    return join(
        e.getHostId(),
        e.getContainerId(),
        e.getContainerName(),
        labels(e.getLabels()),
        e.getTimeNanos(),
        micros(e.getTime()),
        micros(e.getObservedAt()),
        e.getAction(),
        e.getRawAction(),
        e.getExitCode(),
        e.getOomKilled(),
        e.getOrigin());
  }

  private static String line(ContainerState s) {
    return join(
        s.getHostId(),
        s.getContainerName(),
        labels(s.getLabels()),
        s.getState(),
        s.getHealth(),
        s.getExitCode(),
        s.getPid(),
        s.getCpuLimit(),
        s.getMemoryLimitBytes(),
        micros(s.getAsOf()));
  }

  private static String line(HostStatus h) {
    return join(
        h.getHostName(),
        h.getAgentVersion(),
        h.getCpus(),
        h.getMemoryBytes(),
        h.getLanes().getFirst().getLane(),
        h.getLanes().getFirst().getObserved(),
        labels(h.getTags()),
        micros(h.getAsOf()));
  }

  private static String line(StreamGap g) {
    return join(g.getHostId(), g.getStream(), g.getReason(), micros(g.getTo()), g.getLost());
  }

  private static String line(ContainerAlert a) {
    return join(
        a.getContainerId(),
        a.getResource(),
        a.getPhase(),
        a.getThresholdPercent(),
        a.getObservedPercent(),
        micros(a.getSince()));
  }

  private static String line(String collection, Document d) {
    return switch (collection) {
      case "stats" ->
          join(
              d.get("hostName"),
              d.get("containerName"),
              d.get("image"),
              pairs(d, "labels"),
              d.get("sequence"),
              time(d, "sampledAt"),
              time(d, "tick"),
              d.get("source"),
              d.get("intervalMillis"),
              d.get("reset"),
              at(d, "cpu", "usageNanos"),
              at(d, "cpu", "perCpuNanos"),
              at(d, "cpu", "percent"),
              at(d, "memory", "usedBytes"),
              at(d, "memory", "limitBytes"),
              at(d, "memory", "percent"),
              items(d, "networks").stream()
                  .map(network ->
                      join(network.get("name"), network.get("rxBytes"), network.get("txBytes")))
                  .toList(),
              items(d, "blockIo").stream()
                  .map(device ->
                      join(device.get("major"), device.get("readBytes"), device.get("writeBytes")))
                  .toList(),
              at(d, "pids", "current"),
              at(d, "pids", "limit"));
      case "events" ->
          join(
              d.get("hostId"),
              d.get("containerId"),
              d.get("containerName"),
              pairs(d, "labels"),
              d.get("timeNanos"),
              time(d, "time"),
              time(d, "observedAt"),
              d.get("action"),
              d.get("rawAction"),
              d.get("exitCode"),
              d.get("oomKilled"),
              d.get("origin"));
      case "containers" ->
          join(
              d.get("hostId"),
              d.get("containerName"),
              pairs(d, "labels"),
              d.get("state"),
              d.get("health"),
              d.get("exitCode"),
              d.get("pid"),
              d.get("cpuLimit"),
              d.get("memoryLimitBytes"),
              time(d, "asOf"));
      case "hosts" ->
          join(
              d.get("hostName"),
              d.get("agentVersion"),
              d.get("cpus"),
              d.get("memoryBytes"),
              first(d, "lanes").get("lane"),
              first(d, "lanes").get("observed"),
              pairs(d, "tags"),
              time(d, "asOf"));
      case "gaps" ->
          join(d.get("hostId"), d.get("stream"), d.get("reason"), time(d, "to"), d.get("lost"));
      case "alerts" ->
          join(
              d.get("containerId"),
              d.get("resource"),
              d.get("phase"),
              d.get("thresholdPercent"),
              d.get("observedPercent"),
              time(d, "since"));
      default -> throw new IllegalArgumentException(collection);
    };
  }

  /** Types show: an integer that became a double would have a point. */
  private static String join(@Nullable Object... values) {
    var line = new StringBuilder();
    for (var value : values) {
      line.append(value).append('|');
    }
    return line.toString();
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  /** Both forms of a time must tell the same. */
  private static @Nullable Long time(Document document, String name) {
    var micros = document.getLong(name + "Micros");
    Date date = document.getDate(name);
    if (micros == null
        ? date != null
        : date.toInstant().toEpochMilli() != Math.floorDiv(micros, 1_000L)) {
      throw new AssertionError(name + " tells two times: " + document);
    }
    return micros;
  }

  private static String labels(Map<String, String> labels) {
    return new TreeMap<>(labels).toString();
  }

  private static String pairs(Document document, String name) {
    var labels = new TreeMap<String, String>();
    for (var pair : items(document, name)) {
      labels.put(pair.getString("k"), pair.getString("v"));
    }
    return labels.toString();
  }

  private static @Nullable Object at(Document document, String... path) {
    return document.getEmbedded(List.of(path), Object.class);
  }

  /** FerretDB 1 leaves an empty list out of a document that an update makes. */
  private static List<Document> items(Document document, String name) {
    return document.getList(name, Document.class, List.of());
  }

  private static Document first(Document document, String name) {
    return items(document, name).getFirst();
  }
}
