package io.tallyman.query.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.state.HostInfo;

/** Which instance has which partitions of a topic, as the group last agreed. */
final class Placement {

  private final Map<Integer, HostInfo> active = new HashMap<>();
  private final Map<Integer, List<HostInfo>> standbys = new HashMap<>();

  Placement(Collection<StreamsMetadata> instances, String topic, String store) {
    for (StreamsMetadata instance : instances) {
      for (TopicPartition partition : instance.topicPartitions()) {
        if (partition.topic().equals(topic)) {
          active.put(partition.partition(), instance.hostInfo());
        }
      }
      if (instance.standbyStateStoreNames().contains(store)) {
        for (TopicPartition partition : instance.standbyTopicPartitions()) {
          if (partition.topic().equals(topic)) {
            standbys
                .computeIfAbsent(partition.partition(), none -> new ArrayList<>())
                .add(instance.hostInfo());
          }
        }
      }
    }
  }

  /** The instances that process these partitions, and which each; what nobody has is missing. */
  Map<HostInfo, Set<Integer>> active(Set<Integer> partitions) {
    Map<HostInfo, Set<Integer>> found = new HashMap<>();
    for (int partition : partitions) {
      Optional.ofNullable(active.get(partition))
          .ifPresent(instance -> add(found, instance, partition));
    }
    return found;
  }

  /** Those that have the {@code choice}th copy of these partitions, from 0. */
  Map<HostInfo, Set<Integer>> standby(Set<Integer> partitions, int choice) {
    Map<HostInfo, Set<Integer>> found = new HashMap<>();
    for (int partition : partitions) {
      List<HostInfo> copies = standbys.getOrDefault(partition, List.of());
      if (choice < copies.size()) {
        add(found, copies.get(choice), partition);
      }
    }
    return found;
  }

  private static void add(Map<HostInfo, Set<Integer>> to, HostInfo instance, int partition) {
    to.computeIfAbsent(instance, none -> new TreeSet<>()).add(partition);
  }
}
