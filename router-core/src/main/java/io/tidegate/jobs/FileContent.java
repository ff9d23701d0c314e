package io.tidegate.jobs;

import java.io.IOException;
import java.util.Arrays;

/** A file on its way to its reader, piece by piece as it takes them. Calls come from one loop; files are read on the jobs' thread. */
final class FileContent implements JobDesk.Content {
  private static final int PIECE = 64 << 10;

  private final JobService service;
  private final Disk.Input in;
  private final long bytes;
  private long at;
  private boolean closed;

  FileContent(JobService service, Disk.Input in, long bytes) {
    this.service = service;
    this.in = in;
    this.bytes = bytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void next(JobDesk.Piece to) {
    service.thread().execute(() -> {
      if (closed) {
        return;
      }
      try {
        byte[] piece = new byte[(int) Math.min(PIECE, bytes - at)];
        int count = piece.length == 0 ? 0 : in.read(at, piece, 0, piece.length);
        if (count < 0) {
          to.failed();
        } else {
          at += count;
          to.read(count == piece.length ? piece : Arrays.copyOf(piece, count));
        }
      } catch (IOException disk) {
        service.notices().diskFailed(disk);
        to.failed();
      } catch (Throwable defect) {
        service.notices().defect(defect);
        to.failed();
      }
    });
  }

  @Override
  public void close() {
    service.thread().execute(() -> {
      closed = true;
      try {
        in.close();
      } catch (IOException ignored) {
        // It was only read.
      }
    });
  }
}
