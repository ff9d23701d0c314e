package io.tidegate.jobstore;

import io.tidegate.jobs.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** One directory on a real disk, mode 0700, its files 0600; held by one process at a time. Blocking. */
public final class FileDisk implements Disk, AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final String LOCK = ".lock";
  private static final String UNFINISHED = ".new";

  private final Path directory;
  private final FileChannel lock;

  private FileDisk(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Makes the directory if it is not there, and holds it.
   *
   * @throws HeldElsewhere another process holds it
   * @throws IOException it cannot be made, or others may enter it
   */
  public static FileDisk open(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    for (PosixFilePermission granted : Files.getPosixFilePermissions(directory)) {
      if (!granted.name().startsWith("OWNER_")) {
        throw new IOException(directory + " can be entered by others. Fix: chmod 700 " + directory);
      }
    }
    FileChannel channel = FileChannel.open(directory.resolve(LOCK), EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      held = null;
    }
    if (held == null) {
      channel.close();
      throw new HeldElsewhere(directory + " is in use by another process. Fix: give each daemon a directory of its own");
    }
    return new FileDisk(directory, channel);
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<String> all = files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".")).toList();
      for (String name : all) {
        if (name.endsWith(UNFINISHED)) {
          Files.deleteIfExists(directory.resolve(name));
        }
      }
      return all.stream().filter(name -> !name.endsWith(UNFINISHED)).toList();
    }
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(directory.resolve(name));
  }

  @Override
  public Output append(String name, long length) throws IOException {
    boolean fresh = !Files.exists(directory.resolve(name));
    FileChannel channel = FileChannel.open(directory.resolve(name), EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      channel.truncate(length);
      channel.position(length);
      if (fresh) {
        syncDirectory();
      }
    } catch (IOException failed) {
      channel.close();
      throw failed;
    }
    return new Output() {
      @Override
      public void append(byte[] bytes, int from, int count) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, from, count);
        while (left.hasRemaining()) {
          channel.write(left);
        }
      }

      @Override
      public void sync() throws IOException {
        channel.force(false);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public Input read(String name) throws IOException {
    FileChannel channel = FileChannel.open(directory.resolve(name), StandardOpenOption.READ);
    return new Input() {
      @Override
      public long size() throws IOException {
        return channel.size();
      }

      @Override
      public int read(long at, byte[] to, int from, int count) throws IOException {
        return channel.read(ByteBuffer.wrap(to, from, count), at);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    Path unfinished = directory.resolve(name + UNFINISHED);
    Files.deleteIfExists(unfinished);
    try (FileChannel channel = FileChannel.open(unfinished, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(false);
    }
    Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory();
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Lets the directory go. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
