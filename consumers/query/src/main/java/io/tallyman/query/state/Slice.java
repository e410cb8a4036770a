package io.tallyman.query.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scan found, from new to old.
 *
 * @param resume the last key that was looked at when there may be more; null at the end
 */
public record Slice(List<StoreEntry> items, @Nullable String resume) {}
