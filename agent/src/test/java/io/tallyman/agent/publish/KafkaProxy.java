package io.tallyman.agent.publish;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * Stands between clients and one broker, and does to them on demand what brokers do in trouble.
 * Where the broker tells its own address it puts this one.
 */
public final class KafkaProxy implements AutoCloseable {

  private final int brokerPort;
  private final ServerSocket server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile Trouble trouble = Trouble.NONE;

  /** What is wrong with the broker. */
  public enum Trouble {
    NONE,
    /** Requests reach it and no answer comes back. */
    SILENT,
    /** What the lane of stats asks does not reach it. */
    DEAF_TO_STATS,
    /**
     * It has too few replicas in sync to take records. A cluster of one broker never has, as it
     * asks for no more replicas than a partition has.
     */
    TOO_FEW_REPLICAS
  }

  public KafkaProxy(int brokerPort) throws IOException {
    this.brokerPort = brokerPort;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  public void trouble(Trouble next) {
    trouble = next;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
        sockets.add(client);
        sockets.add(broker);
        Thread.ofVirtual().start(() -> requests(client, broker));
        Thread.ofVirtual().start(() -> answers(broker, client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void requests(Socket client, Socket broker) {
    try (client;
        broker;
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(broker.getOutputStream())) {
      while (true) {
        byte[] request = new byte[in.readInt()];
        in.readFully(request);
        boolean produce = ByteBuffer.wrap(request).getShort() == ApiKeys.PRODUCE.id;
        if (produce && trouble == Trouble.TOO_FEW_REPLICAS) {
          write(refusal(ByteBuffer.wrap(request)), client.getOutputStream());
        } else if (trouble != Trouble.DEAF_TO_STATS || !isOfStats(request)) {
          write(request, out);
        }
      }
    } catch (IOException e) {
      // One of them has gone.
    }
  }

  private static boolean isOfStats(byte[] request) {
    String client = RequestHeader.parse(ByteBuffer.wrap(request)).clientId();
    return "tallyman-agent-stats".equals(client);
  }

  private static byte[] refusal(ByteBuffer request) {
    RequestHeader header = RequestHeader.parse(request);
    short version = header.apiVersion();
    ProduceResponse answer =
        ProduceRequest.parse(new ByteBufferAccessor(request), version)
            .getErrorResponse(0, new NotEnoughReplicasException());
    ByteBuffer bytes =
        RequestUtils.serialize(
            header.toResponseHeader().data(),
            ApiKeys.PRODUCE.responseHeaderVersion(version),
            answer.data(),
            version);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** In one piece: answers of the broker and refusals may go to a client at the same time. */
  private static void write(byte[] message, OutputStream out) throws IOException {
    byte[] framed =
        ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).array();
    synchronized (out) {
      out.write(framed);
      out.flush();
    }
  }

  private void answers(Socket broker, Socket client) {
    try (client;
        broker;
        DataInputStream in = new DataInputStream(broker.getInputStream());
        OutputStream out = client.getOutputStream()) {
      while (true) {
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        readdress(answer);
        if (trouble != Trouble.SILENT) {
          write(answer, out);
        }
      }
    } catch (IOException e) {
      // One of them has gone.
    }
  }

  private void readdress(byte[] answer) {
    byte[] host = "127.0.0.1".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.wrap(answer);
    for (int at = 0; at + host.length + Integer.BYTES <= answer.length; at++) {
      boolean here = bytes.slice(at, host.length).equals(ByteBuffer.wrap(host));
      if (here && bytes.getInt(at + host.length) == brokerPort) {
        bytes.putInt(at + host.length, server.getLocalPort());
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : sockets) {
      each.close();
    }
  }
}
