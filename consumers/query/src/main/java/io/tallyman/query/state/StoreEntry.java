package io.tallyman.query.state;

/**
 * An entry of a store as it lies there.
 *
 * @param timeMillis as of {@code RecordTimes}; 0 in stores without times
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StoreEntry(String key, long timeMillis, byte[] value) {}
