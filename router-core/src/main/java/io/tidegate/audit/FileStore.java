package io.tidegate.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The directory on a real disk; every file is readable by its owner only (hazard A18). */
final class FileStore implements SegmentStore {
  static final String UNFINISHED = ".new";
  private static final String LOCK = ".lock";
  private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /** The virtual machine keeps, for every thread, memory outside the heap as large as the largest piece it ever read into the heap. */
  private static final int READ_AT_ONCE = 64 << 10;

  private final Path directory;
  private final String own = Long.toHexString(new SecureRandom().nextLong());
  private final Map<String, FileChannel> held = new ConcurrentHashMap<>();

  FileStore(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory if it is not there. */
  static FileStore in(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new FileStore(directory);
  }

  @Override
  public List<Stored> list() throws IOException {
    List<Stored> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        try {
          BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
          if (read.isRegularFile()) {
            found.add(new Stored(file.getFileName().toString(), read.size(), read.lastModifiedTime().toInstant()));
          }
        } catch (NoSuchFileException gone) {
          // Another process, which keeps the same directory tidy, was faster.
        }
      }
    }
    return found;
  }

  @Override
  public SegmentFile create(String name, int bytes) throws IOException {
    Path unfinished = directory.resolve(name + UNFINISHED);
    // Left where an earlier try could not be finished nor removed; only we write under this name.
    Files.deleteIfExists(unfinished);
    FileChannel channel = open(unfinished, StandardOpenOption.CREATE_NEW);
    try {
      ByteBuffer zeros = ByteBuffer.allocate(64 << 10);
      for (long written = 0; written < bytes;) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - written));
        written += channel.write(zeros);
      }
      MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
      Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      return new Mapped(name, channel, map);
    } catch (IOException | RuntimeException noRoom) {
      channel.close();
      Files.deleteIfExists(unfinished);
      throw noRoom;
    }
  }

  @Override
  public ByteBuffer read(String name) throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve(name), StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new IOException(directory.resolve(name) + ": larger than any segment");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      int read = 0;
      while (read >= 0 && bytes.position() < size) {
        bytes.limit((int) Math.min(size, (long) bytes.position() + READ_AT_ONCE));
        read = channel.read(bytes);
      }
      return bytes.flip();
    }
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    // A name of our own: during a hand-over two processes replace the same file.
    Path unfinished = directory.resolve(name + "." + own + UNFINISHED);
    try (FileChannel channel = open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
      for (ByteBuffer bytes = ByteBuffer.wrap(content); bytes.hasRemaining();) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    forceNames();
  }

  @Override
  public void trim(String name, int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void hold(String boot) throws IOException {
    FileChannel channel = open(lock(boot), StandardOpenOption.CREATE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new IOException("another process writes the chains of boot " + boot);
    }
    held.put(boot, channel);
  }

  @Override
  public void release(String boot) {
    FileChannel channel = held.remove(boot);
    if (channel != null) {
      try {
        Files.deleteIfExists(lock(boot));
        channel.close();
      } catch (IOException late) {
        // The lock goes with the process; a lock file nobody holds says nothing.
      }
    }
  }

  @Override
  public boolean isHeld(String boot) throws IOException {
    try (FileChannel channel = FileChannel.open(lock(boot), StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      return lock == null;
    } catch (OverlappingFileLockException ours) {
      return true;
    } catch (NoSuchFileException never) {
      return false;
    }
  }

  private Path lock(String boot) {
    return directory.resolve(Segment.PREFIX + boot + LOCK);
  }

  private static FileChannel open(Path file, StandardOpenOption... more) throws IOException {
    Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    options.addAll(List.of(more));
    return FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  /** Brings new names to the disk. */
  private void forceNames() throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private final class Mapped implements SegmentFile {
    private final String name;
    private final FileChannel channel;
    private final MappedByteBuffer map;
    private boolean named;

    Mapped(String name, FileChannel channel, MappedByteBuffer map) {
      this.name = name;
      this.channel = channel;
      this.map = map;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public ByteBuffer bytes() {
      return map;
    }

    /** One thread at a time: first whoever prepares the segment, then the one that syncs. */
    @Override
    public void force() throws IOException {
      channel.force(!named);
      if (!named) {
        forceNames();
        named = true;
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException late) {
        // Nothing is lost: what was written is in the page cache, and what was promised durable was forced.
      }
    }
  }
}
