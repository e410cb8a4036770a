package io.tallyman.agent.publish;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A producer whose answers are given by hand, in any order, or at once. */
class HandProducer extends MockProducer<byte[], byte[]> {

  private final boolean answersAtOnce;
  private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
  private final List<Callback> callbacks = new ArrayList<>();
  private @Nullable Thread closedBy;

  HandProducer(boolean answersAtOnce) {
    super(true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    this.answersAtOnce = answersAtOnce;
  }

  @Override
  public synchronized Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, Callback callback) {
    synchronized (sent) {
      sent.add(record);
      callbacks.add(callback);
    }
    if (answersAtOnce) {
      callback.onCompletion(metadata(record), null);
    }
    return new CompletableFuture<>();
  }

  private static RecordMetadata metadata(ProducerRecord<byte[], byte[]> record) {
    return new RecordMetadata(new TopicPartition(record.topic(), 0), 0, 0, 0, 0, 0);
  }

  void acknowledge(int... indexes) {
    for (int index : indexes) {
      callback(index).onCompletion(metadata(sent().get(index)), null);
    }
  }

  void acknowledgeAll() {
    for (int i = 0; i < sent().size(); i++) {
      acknowledge(i);
    }
  }

  void fail(int index, Exception problem) {
    callback(index).onCompletion(null, problem);
  }

  private Callback callback(int index) {
    synchronized (sent) {
      return callbacks.get(index);
    }
  }

  List<ProducerRecord<byte[], byte[]>> sent() {
    synchronized (sent) {
      return List.copyOf(sent);
    }
  }

  List<String> keys() {
    return sent().stream().map(each -> new String(each.key(), StandardCharsets.UTF_8)).toList();
  }

  @Override
  public void close(Duration timeout) {
    synchronized (sent) {
      closedBy = closedBy == null ? Thread.currentThread() : closedBy;
    }
    super.close(timeout);
  }

  @Nullable Thread closedBy() {
    synchronized (sent) {
      return closedBy;
    }
  }
}
