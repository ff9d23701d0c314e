package io.tidegate.lab.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Folders for daemons that sync their files: in memory where the machine has the room. A disk that others use as well takes more than the second now and
 * then after which nothing may leave without its record; tests of disks bring disks of their own.
 */
final class QuickFolder {
  private static final Path MEMORY = Path.of("/dev/shm");
  /** More than that below which the alert of the records' disk looks at where it is going. */
  private static final long ROOM_BYTES = 12L << 30;

  private QuickFolder() {}

  /** Whoever makes it removes it. */
  static Path create(String prefix) throws IOException {
    boolean memory = Files.isDirectory(MEMORY) && Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM_BYTES;
    return memory ? Files.createTempDirectory(MEMORY, prefix) : Files.createTempDirectory(prefix);
  }
}
