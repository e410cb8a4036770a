package io.tallyman.schemas;

import org.apache.avro.Schema;

/**
 * One schema of one release.
 *
 * @param id computed from {@code text}
 * @param topic where its records go, without prefix
 * @param version number of the release that brought it, from 1
 * @param schema {@code text}, parsed
 * @param text minified, as published
 */
public record ReleasedSchema(int id, Topic topic, int version, Schema schema, String text) {}
