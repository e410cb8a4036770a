package io.tallyman.query.state;

import io.tallyman.query.history.Counter;
import io.tallyman.query.history.Rates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What shards say, as instances of one release tell each other. */
public final class Wire {

  private Wire() {}

  /** Writes one item. */
  private interface Writer<T> {
    void write(T item, DataOutputStream out) throws IOException;
  }

  /** Reads one item. */
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  public static byte[] latest(List<LatestEntry> entries) {
    return encode(entries, Wire::writeLatest);
  }

  public static List<LatestEntry> latest(byte[] bytes) {
    return decode(bytes, Wire::readLatest);
  }

  public static byte[] history(List<StoreEntry> entries) {
    return encode(entries, Wire::writeEntry);
  }

  public static List<StoreEntry> history(byte[] bytes) {
    return decode(bytes, Wire::readEntry);
  }

  public static byte[] usage(List<Usage> usages) {
    return encode(usages, Wire::writeUsage);
  }

  public static List<Usage> usage(byte[] bytes) {
    return decode(bytes, Wire::readUsage);
  }

  public static byte[] slice(Slice slice) {
    return encode(List.of(slice), Wire::writeSlice);
  }

  public static Slice slice(byte[] bytes) {
    return decode(bytes, Wire::readSlice).getFirst();
  }

  private static <T> byte[] encode(List<T> items, Writer<T> writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(items, writer, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static <T> List<T> decode(byte[] bytes, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return read(reader, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> void write(List<T> items, Writer<T> writer, DataOutputStream out)
      throws IOException {
    out.writeInt(items.size());
    for (T item : items) {
      writer.write(item, out);
    }
  }

  private static <T> List<T> read(Reader<T> reader, DataInputStream in) throws IOException {
    int size = in.readInt();
    List<T> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      items.add(reader.read(in));
    }
    return items;
  }

  private static void writeEntry(StoreEntry entry, DataOutputStream out) throws IOException {
    out.writeUTF(entry.key());
    out.writeLong(entry.timeMillis());
    out.writeInt(entry.value().length);
    out.write(entry.value());
  }

  private static StoreEntry readEntry(DataInputStream in) throws IOException {
    return new StoreEntry(in.readUTF(), in.readLong(), in.readNBytes(in.readInt()));
  }

  private static void writeLatest(LatestEntry entry, DataOutputStream out) throws IOException {
    writeEntry(entry.sample(), out);
    out.writeDouble(entry.rates().rx());
    out.writeDouble(entry.rates().tx());
    out.writeDouble(entry.rates().read());
    out.writeDouble(entry.rates().write());
  }

  private static LatestEntry readLatest(DataInputStream in) throws IOException {
    StoreEntry entry = readEntry(in);
    return new LatestEntry(
        entry, new Rates(in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble()));
  }

  private static void writeUsage(Usage usage, DataOutputStream out) throws IOException {
    out.writeUTF(usage.containerKey());
    out.writeInt(usage.increases().length);
    for (long increase : usage.increases()) {
      out.writeLong(increase);
    }
  }

  /** Figures that the other does not know yet are 0, and those that this one does not are left. */
  private static Usage readUsage(DataInputStream in) throws IOException {
    String key = in.readUTF();
    long[] increases = new long[Counter.COUNT];
    int size = in.readInt();
    for (int i = 0; i < size; i++) {
      long increase = in.readLong();
      if (i < increases.length) {
        increases[i] = increase;
      }
    }
    return new Usage(key, increases);
  }

  private static void writeSlice(Slice slice, DataOutputStream out) throws IOException {
    write(slice.items(), Wire::writeEntry, out);
    out.writeUTF(slice.resume() == null ? "" : slice.resume());
  }

  private static Slice readSlice(DataInputStream in) throws IOException {
    List<StoreEntry> items = read(Wire::readEntry, in);
    String resume = in.readUTF();
    return new Slice(items, resume.isEmpty() ? null : resume);
  }
}
