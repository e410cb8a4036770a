package io.tallyman.query.state;

import java.util.List;

/**
 * What the shards said that were asked.
 *
 * @param stale whether some of it comes from a copy that may lag behind
 */
public record Answer<R>(List<R> parts, boolean stale) {}
