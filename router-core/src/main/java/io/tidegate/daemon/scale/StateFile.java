package io.tidegate.daemon.scale;

import io.tidegate.forecast.Forecaster;
import io.tidegate.forecast.Grid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/** Keeps what a forecaster learnt from one run to the next. A file that is damaged, cut, of another version or of other windows is as none. */
final class StateFile {
  private static final int MARK_BYTES = Long.BYTES + Integer.BYTES;

  private final Path file;
  /** The newest window that the file knows of from this process. */
  private long written = Long.MIN_VALUE;

  StateFile(Path file) {
    this.file = file;
  }

  /** @param last the newest window that {@code forecaster} has seen */
  record Kept(Forecaster forecaster, long last) {}

  /**
   * Blocking. The old file stays until the new one is whole. One that comes late, behind what a later window left, changes nothing: the last one of all is
   * written while one of before may still wait for its thread.
   */
  synchronized void write(byte[] learnt, long last) throws IOException {
    if (last < written) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(MARK_BYTES + learnt.length);
    bytes.putLong(last).putInt(sum(last)).put(learnt);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (var out = Files.newByteChannel(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      bytes.flip();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    written = last;
  }

  /**
   * Blocking.
   *
   * @throws IOException if there is a file that cannot be read
   */
  Optional<Kept> read(Grid grid) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] all;
    try (InputStream in = Files.newInputStream(file)) {
      all = in.readNBytes(MARK_BYTES + Forecaster.MOST_STATE_BYTES + 1);
    }
    if (all.length <= MARK_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(all);
    long last = bytes.getLong();
    if (bytes.getInt() != sum(last)) {
      return Optional.empty();
    }
    byte[] learnt = new byte[bytes.remaining()];
    bytes.get(learnt);
    return Forecaster.restore(grid, learnt).map(forecaster -> new Kept(forecaster, last));
  }

  private static int sum(long last) {
    CRC32C sum = new CRC32C();
    sum.update(ByteBuffer.allocate(Long.BYTES).putLong(last).flip());
    return (int) sum.getValue();
  }
}
