package io.tallyman.agent.publish;

import io.tallyman.agent.spool.SpoolRecord;
import io.tallyman.schemas.CloudEventHeaders;
import io.tallyman.schemas.TallymanSerializer;
import io.tallyman.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Between a record, what lies in the spool, and what Kafka gets. Pure; safe from any thread.
 *
 * <p>The payload in the spool is, big endian: u8 number of headers, each as u16 length, name, u16
 * length, value; then u8 1 and the framed value, or u8 0 for a tombstone.
 */
final class RecordCodec {

  private static final int SCHEMA_ID_AT = 1;

  private final String topicPrefix;
  private final TallymanSerializer serializer = new TallymanSerializer();

  RecordCodec(String topicPrefix) {
    this.topicPrefix = topicPrefix;
  }

  /**
   * The finished record, as it will be sent whenever that is.
   *
   * @throws org.apache.kafka.common.errors.SerializationException when it cannot be written
   * @throws IllegalArgumentException when it is no record of the contract
   */
  SpoolRecord encode(OutgoingRecord outgoing) {
    byte[] value = serializer.serialize(topicPrefix + outgoing.topic(), outgoing.value());
    ByteArrayOutputStream payload =
        new ByteArrayOutputStream(400 + (value == null ? 0 : value.length));
    Headers headers = headers(outgoing);
    payload.write(headers.toArray().length);
    for (Header header : headers) {
      put(payload, header.key().getBytes(StandardCharsets.UTF_8));
      put(payload, header.value());
    }
    payload.write(value == null ? 0 : 1);
    if (value != null) {
      payload.writeBytes(value);
    }
    int schemaId = value == null ? 0 : ByteBuffer.wrap(value).getInt(SCHEMA_ID_AT);
    return new SpoolRecord(
        outgoing.topic(), outgoing.key(), schemaId, outgoing.time(), payload.toByteArray());
  }

  private static Headers headers(OutgoingRecord outgoing) {
    if (outgoing.topic().equals(Topics.STATS.name())) {
      return new RecordHeaders();
    }
    return outgoing.value() == null
        ? CloudEventHeaders.containerTombstone(outgoing.hostId(), outgoing.key(), outgoing.time())
        : CloudEventHeaders.headersFor(outgoing.value());
  }

  private static void put(ByteArrayOutputStream payload, byte[] bytes) {
    if (bytes.length > 0xFFFF) {
      throw new IllegalArgumentException("a header of " + bytes.length + " bytes");
    }
    payload.write(bytes.length >>> 8);
    payload.write(bytes.length);
    payload.writeBytes(bytes);
  }

  /** What Kafka gets. */
  ProducerRecord<byte[], byte[]> decode(SpoolRecord spooled) {
    ByteBuffer payload = ByteBuffer.wrap(spooled.payload());
    RecordHeaders headers = new RecordHeaders();
    for (int left = payload.get(); left > 0; left--) {
      String name = new String(bytes(payload), StandardCharsets.UTF_8);
      headers.add(name, bytes(payload));
    }
    byte @Nullable [] value = null;
    if (payload.get() != 0) {
      value = new byte[payload.remaining()];
      payload.get(value);
    }
    byte[] key = spooled.key().getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topicPrefix + spooled.topic(), null, key, value, headers);
  }

  private static byte[] bytes(ByteBuffer payload) {
    byte[] bytes = new byte[Short.toUnsignedInt(payload.getShort())];
    payload.get(bytes);
    return bytes;
  }
}
