package io.tallyman.query.state;

import io.tallyman.query.topology.Decoded.Intact;
import io.tallyman.query.topology.RecordDecoder;
import io.tallyman.query.topology.Timeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** Scans records that are kept by time, from new to old, through the narrowest index there is. */
final class TimelineReader {

  /**
   * Records that one request looks at. A filter that few records pass gives pages that are short,
   * and a cursor to go on with.
   */
  static final int MAX_SCANNED = 5_000;

  private static final int ID_LENGTH = 64;
  private static final Pattern ID_PREFIX = Pattern.compile("[0-9a-f]{12,}");

  private final StorePartitions stores;
  private final Collection<Integer> partitions;
  private final RecordDecoder decoder;
  private final String topicPrefix;

  TimelineReader(
      StorePartitions stores,
      Collection<Integer> partitions,
      RecordDecoder decoder,
      String topicPrefix) {
    this.stores = stores;
    this.partitions = partitions;
    this.decoder = decoder;
    this.topicPrefix = topicPrefix;
  }

  Slice read(TimelineScan scan) {
    Timeline<?> timeline = Timeline.of(scan.store());
    String topic = timeline.topic().withPrefix(topicPrefix).name();
    List<StoreEntry> items = new ArrayList<>();
    String last = null;
    try (NewestFirst keys = new NewestFirst(sources(timeline, scan), scan.from(), scan.before())) {
      for (int scanned = 0; keys.hasNext(); scanned++) {
        if (last != null && (items.size() == scan.limit() || scanned == MAX_SCANNED)) {
          return new Slice(items, last);
        }
        NewestFirst.Found found = keys.next();
        last = found.key();
        ValueAndTimestamp<byte[]> value = found.value();
        if (value != null
            && decoder.decode(topic, value.value()) instanceof Intact intact
            && matches(intact.value(), scan)) {
          items.add(new StoreEntry(found.key(), value.timestamp(), value.value()));
        }
      }
    }
    return new Slice(items, null);
  }

  private static boolean matches(SpecificRecord record, TimelineScan scan) {
    return TimelineFilters.matches(record, scan.filter());
  }

  private List<NewestFirst.Source> sources(Timeline<?> timeline, TimelineScan scan) {
    List<String> terms = terms(timeline, scan.filter());
    List<NewestFirst.Source> sources = new ArrayList<>();
    for (int partition : partitions) {
      ReadOnlyKeyValueStore<String, ValueAndTimestamp<byte[]>> records =
          stores.timed(timeline.store(), partition);
      if (terms.isEmpty()) {
        sources.add(new NewestFirst.Direct(records));
      } else {
        ReadOnlyKeyValueStore<String, byte[]> index = stores.plain(timeline.index(), partition);
        terms.forEach(term -> sources.add(new NewestFirst.Indexed(term, index, records)));
      }
    }
    return sources;
  }

  /** Each record has one of them at most, so that none is met twice. */
  private static List<String> terms(Timeline<?> timeline, TimelineScan.Filter filter) {
    String container = filter.container();
    if (container != null && timeline.hasContainers()) {
      if (container.length() == ID_LENGTH && ID_PREFIX.matcher(container).matches()) {
        return List.of(Timeline.container(container));
      }
      if (timeline.hasNames() && !ID_PREFIX.matcher(container).matches()) {
        return List.of(Timeline.name(container));
      }
    }
    if (timeline.hasNames() && !filter.kinds().isEmpty()) {
      return filter.kinds().stream().map(Timeline::action).toList();
    }
    return filter.host() == null ? List.of() : List.of(Timeline.host(filter.host()));
  }
}
