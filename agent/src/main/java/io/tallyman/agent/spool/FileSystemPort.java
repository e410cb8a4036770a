package io.tallyman.agent.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The calls that the spool makes on a file system. Every call may throw {@link NoSpaceException}
 * when there is no room, and any other {@link IOException} when the device fails.
 */
interface FileSystemPort {

  boolean isDirectory(Path path);

  /** One level; the parent exists. */
  void createDirectory(Path directory) throws IOException;

  /** Names of the files in a directory, in no order. */
  List<String> list(Path directory) throws IOException;

  boolean exists(Path file);

  /** A new empty file, in place of one that may be there. */
  AppendFile create(Path file) throws IOException;

  long size(Path file) throws IOException;

  /** Exactly so many bytes from there, or fewer if the file ends before. */
  ByteBuffer read(Path file, long offset, int length) throws IOException;

  /** Cuts a file to a length and forces it, through a descriptor of its own. */
  void truncate(Path file, long length) throws IOException;

  void rename(Path from, Path to) throws IOException;

  void delete(Path file) throws IOException;

  /** Makes creations, renames and deletions in this directory durable. */
  void fsyncDirectory(Path directory) throws IOException;

  /** Takes a lock that no other process, nor this one a second time, can take until closed. */
  Closeable lock(Path file) throws IOException;

  /** A file that is being written. */
  interface AppendFile extends Closeable {

    /** All of it; when this throws, any part may have been written. */
    void write(ByteBuffer bytes) throws IOException;

    /** Makes what was written durable, but not the file's name. */
    void force() throws IOException;
  }
}
