package io.tallyman.sink.mongodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tallyman.schemas.CloudEventHeaders;
import io.tallyman.testkit.RecordedSamples;
import io.tallyman.testkit.Samples;
import io.tallyman.v1.Action;
import io.tallyman.v1.AlertPhase;
import io.tallyman.v1.Cpu;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A log as some hosts write it in an hour: recorded samples, told of many containers and times, and
 * a few of everything else; some records come twice, some late, some containers end. The same for
 * the same seed.
 */
final class TallyLog {

  private static final int HOSTS = 5;
  private static final int CONTAINERS = 200;

  private final String prefix;
  private final Random random;
  private final Reference reference = new Reference();
  private final Consumer<ProducerRecord<byte[], byte[]>> out;
  private int samples;
  private int records;

  TallyLog(String prefix, long seed, Consumer<ProducerRecord<byte[], byte[]>> out) {
    this.prefix = prefix;
    this.random = new Random(seed);
    this.out = out;
  }

  /** Goes on with so many samples, and what belongs to them. */
  void write(int count) {
    for (int i = samples; i < samples + count; i++) {
      sample(i);
      if (i % 20 == 0) {
        others(i);
      }
    }
    samples += count;
  }

  /** How many were written. */
  int records() {
    return records;
  }

  Reference reference() {
    return reference;
  }

  private void sample(int i) {
    int container = i % CONTAINERS;
    var time = Samples.TIME.plusNanos(i * 1_234_567_000L);
    var recorded = RecordedSamples.nth(i);
    var stats =
        recorded
            .setHostId("host-" + container % HOSTS)
            .setContainerId(Samples.containerId(container))
            .setContainerName("container-" + container)
            .setLabels(Map.of("com.docker.compose.project", "p" + container % 7, "a$b", "ü" + i))
            .setSequence(i)
            .setSampledAt(time)
            .setTick(random.nextInt(10) == 0 ? null : time.minusMillis(3))
            .setCpu(
                Cpu.newBuilder(recorded.getCpu())
                    .setUsageNanos(random.nextLong() >>> 1)
                    .setPercent(random.nextInt(20) == 0 ? null : random.nextDouble() * 100)
                    .build())
            .setReset(random.nextInt(50) == 0)
            .build();
    add(stats);
    if (random.nextInt(30) == 0) {
      add(stats);
    }
  }

  private void others(int i) {
    int container = random.nextInt(CONTAINERS);
    var id = Samples.containerId(container);
    var host = "host-" + container % HOSTS;
    var time = Samples.TIME.plusNanos(i * 1_234_567_000L);
    var event =
        Samples.event()
            .setEventId("%032x".formatted(i))
            .setHostId(host)
            .setContainerId(id)
            .setTime(time)
            .setTimeNanos(micros(time) * 1_000 + random.nextInt(1_000))
            .setAction(Action.DIE)
            .setExitCode(random.nextInt(3) == 0 ? null : random.nextInt(256));
    add(event.build());
    if (random.nextInt(5) == 0) {
      // The same event read again is told with another time of observation: the first stays.
      add(event.setObservedAt(time.plusSeconds(5)).build());
    }
    add(
        Samples.state()
            .setHostId(host)
            .setContainerId(id)
            .setState(random.nextBoolean() ? "running" : "exited")
            .setHealth(random.nextBoolean() ? null : "healthy")
            .setAsOf(time.minusSeconds(random.nextInt(400)))
            .build());
    if (random.nextInt(10) == 0) {
      remove(host, id, time);
    }
    add(
        Samples.hostStatus()
            .setHostId(host)
            .setAsOf(time.minusSeconds(random.nextInt(60)))
            .build());
    var alert =
        Samples.alert().setAlertId("%032x".formatted(i / 40)).setHostId(host).setContainerId(id);
    add(
        i % 40 == 0
            ? alert.build()
            : alert.setPhase(AlertPhase.CLEARED).setObservedPercent(7.5).build());
    add(
        Samples.gap()
            .setGapId("%032x".formatted(i))
            .setHostId(host)
            .setTo(time)
            .setLost(random.nextBoolean() ? null : random.nextLong() >>> 1)
            .build());
  }

  private void add(SpecificRecord record) {
    send(Samples.toSend(prefix, record));
    reference.add(record);
  }

  private void remove(String hostId, String containerId, Instant at) {
    var tombstone =
        new ProducerRecord<byte[], byte[]>(
            prefix + "docker.containers.v1", containerId.getBytes(UTF_8), null);
    CloudEventHeaders.containerTombstone(hostId, containerId, at)
        .forEach(header -> tombstone.headers().add(header));
    send(tombstone);
    reference.remove(containerId, at);
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    records++;
    out.accept(record);
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }
}
