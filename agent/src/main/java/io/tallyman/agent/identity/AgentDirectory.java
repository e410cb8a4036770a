package io.tallyman.agent.identity;

import io.tallyman.agent.AgentStartException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The agent's data directory: locked against a second agent while open, and keeper of what must
 * outlive a restart.
 *
 * <p>What is kept is written whole or not at all. Used by one thread.
 */
public final class AgentDirectory implements AutoCloseable {

  private static final String STATE_FILE = "agent.properties";
  private static final String LOCK_FILE = "agent.lock";
  private static final String AGENT_ID = "agent.id";
  private static final String INCARNATION = "incarnation";
  private static final String ENGINE_ID = "engine.id";
  private static final String HOST_ID = "host.id";

  private final Path directory;
  private final FileChannel lockChannel;

  private AgentDirectory(Path directory, FileChannel lockChannel) {
    this.directory = directory;
    this.lockChannel = lockChannel;
  }

  /**
   * Makes the directory if it is missing and locks it.
   *
   * @throws AgentStartException.DataDirectoryInUse when another agent holds it
   * @throws AgentStartException.DataDirectoryUnusable when it cannot be made or written
   */
  public static AgentDirectory open(Path directory) {
    return open(directory, Set.of());
  }

  static AgentDirectory open(Path directory, Set<Mechanism> off) {
    FileChannel channel;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unusable(directory, e);
    }
    try {
      if (!off.contains(Mechanism.DIRECTORY_LOCK) && channel.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
      return new AgentDirectory(directory, channel);
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
      throw new AgentStartException.DataDirectoryInUse(
          "Another agent runs on "
              + directory
              + ": stop it, or give this one a directory of its own (tallyman.data-dir).",
          e);
    } catch (IOException e) {
      closeQuietly(channel);
      throw unusable(directory, e);
    }
  }

  /**
   * Counts this start and says who the agent is.
   *
   * @param configuredHostId key {@code tallyman.host.id}; null when not set
   * @throws AgentStartException.OtherEngine when the directory remembers another engine and no host
   *     id is configured
   * @throws AgentStartException.DataDirectoryUnusable when nothing could be written; the directory
   *     is then as it was
   */
  public AgentIdentity claim(String engineId, @Nullable String configuredHostId, String hostName) {
    Properties kept = read();
    String knownEngine = kept.getProperty(ENGINE_ID);
    if (knownEngine != null && !knownEngine.equals(engineId) && configuredHostId == null) {
      throw new AgentStartException.OtherEngine(
          "The engine's id is "
              + engineId
              + ", but "
              + directory
              + " belongs to engine "
              + knownEngine
              + ": use another tallyman.data-dir for this engine, or set tallyman.host.id="
              + kept.getProperty(HOST_ID, knownEngine)
              + " if it is the same host.");
    }
    String agentId = kept.getProperty(AGENT_ID, UUID.randomUUID().toString());
    long incarnation = incarnation(kept) + 1;
    String hostId = configuredHostId != null ? configuredHostId : engineId;
    Properties fresh = new Properties();
    fresh.setProperty(AGENT_ID, agentId);
    fresh.setProperty(INCARNATION, Long.toString(incarnation));
    fresh.setProperty(ENGINE_ID, engineId);
    fresh.setProperty(HOST_ID, hostId);
    write(fresh);
    return new AgentIdentity(hostId, hostName, agentId, incarnation, UUID.randomUUID().toString());
  }

  private Properties read() {
    Properties kept = new Properties();
    try {
      kept.load(new StringReader(Files.readString(directory.resolve(STATE_FILE))));
    } catch (NoSuchFileException e) {
      return kept;
    } catch (IOException | IllegalArgumentException e) {
      throw unusable(directory, e);
    }
    if (kept.getProperty(AGENT_ID) == null || kept.getProperty(ENGINE_ID) == null) {
      throw damaged();
    }
    return kept;
  }

  private long incarnation(Properties kept) {
    String text = kept.getProperty(INCARNATION, kept.isEmpty() ? "0" : "");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw damaged();
    }
  }

  private AgentStartException damaged() {
    return new AgentStartException.DataDirectoryUnusable(
        directory.resolve(STATE_FILE)
            + " is damaged: restore it, or remove it to start as a new agent.",
        null);
  }

  private void write(Properties state) {
    try {
      StringWriter text = new StringWriter();
      state.store(text, "Written by the agent at each start; do not edit.");
      DurableFile.replace(
          directory.resolve(STATE_FILE), text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  private static AgentStartException unusable(Path directory, Exception e) {
    String why =
        switch (e) {
          case AccessDeniedException denied -> "no permission for " + denied.getFile();
          case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
          default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    return new AgentStartException.DataDirectoryUnusable(
        "The data directory " + directory + " cannot be used: " + why + ".", e);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The lock was not taken, so there is nothing to give back.
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    closeQuietly(lockChannel);
  }
}
