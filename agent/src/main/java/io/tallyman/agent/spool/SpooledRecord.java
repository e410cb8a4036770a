package io.tallyman.agent.spool;

/**
 * A record read back.
 *
 * @param sequence its place in the spool; rises by one per record, with holes only where damage was
 *     reported
 */
public record SpooledRecord(long sequence, SpoolRecord record) {}
