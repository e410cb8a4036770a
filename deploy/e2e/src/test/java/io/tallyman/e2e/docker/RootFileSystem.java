package io.tallyman.e2e.docker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes the root file system of an image as a tar archive, from files of this machine. */
final class RootFileSystem implements AutoCloseable {

  private static final int DIRECTORY = 0755;
  private static final int EXECUTABLE = 0755;

  private final TarArchiveOutputStream tar;
  private final Set<String> directories = new HashSet<>();

  RootFileSystem(Path archive) throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive));
    tar = new TarArchiveOutputStream(out, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
  }

  void directory(String path, int mode) throws IOException {
    if (!path.isEmpty() && directories.add(path)) {
      parentOf(path);
      var entry = new TarArchiveEntry(path + "/");
      entry.setMode(mode);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
  }

  void file(String path, Path source) throws IOException {
    parentOf(path);
    var entry = new TarArchiveEntry(path);
    entry.setMode(EXECUTABLE);
    entry.setSize(Files.size(source));
    tar.putArchiveEntry(entry);
    Files.copy(source, tar);
    tar.closeArchiveEntry();
  }

  void file(String path, byte[] content) throws IOException {
    parentOf(path);
    var entry = new TarArchiveEntry(path);
    entry.setMode(EXECUTABLE);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  void link(String path, String target) throws IOException {
    parentOf(path);
    var entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  /** Everything beneath a directory of this machine. */
  void tree(String path, Path source) throws IOException {
    try (var files = Files.walk(source)) {
      for (var file : (Iterable<Path>) files::iterator) {
        var name = path + "/" + source.relativize(file);
        if (Files.isSymbolicLink(file)) {
          link(name, Files.readSymbolicLink(file).toString());
        } else if (Files.isRegularFile(file)) {
          file(name, file);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  private void parentOf(String path) throws IOException {
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      directory(path.substring(0, slash), DIRECTORY);
    }
  }
}
