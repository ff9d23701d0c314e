package io.tidegate.jobs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job's append-only record of what happened. What {@link #commit} gave back is on the disk; a commit that fails leaves nothing half said: the next one
 * cuts the file to what was whole and writes again. Confined to the jobs' thread.
 */
final class Journal {
  private final Disk disk;
  private final String name;
  private long length;
  private Disk.@Nullable Output out;
  private final List<byte[]> records = new ArrayList<>();

  private Journal(Disk disk, String name, long length) {
    this.disk = disk;
    this.name = name;
    this.length = length;
  }

  /** One that begins. */
  static Journal create(Disk disk, String name) {
    return new Journal(disk, name, 0);
  }

  /** One that is there: {@code reader} is given all that is whole, and the rest is cut off before anything is added. */
  static Journal open(Disk disk, String name, Frames.Reader reader) throws IOException {
    try (Disk.Input in = disk.read(name)) {
      return new Journal(disk, name, Frames.read(in, reader));
    }
  }

  /** Bytes that count. */
  long length() {
    return length;
  }

  /** To be written with the next commit. */
  void add(byte[] record) {
    records.add(record);
  }

  /** Takes the newest back, if it does not count yet: it is not to be written with the next commit. */
  void withdraw(byte[] record) {
    int last = records.size() - 1;
    if (last >= 0 && records.get(last) == record) {
      records.remove(last);
    }
  }

  boolean hasPending() {
    return !records.isEmpty();
  }

  /**
   * Writes and syncs all that was added.
   *
   * @param counts takes each record once it counts
   * @throws IOException nothing of it counts yet; it is kept, and another commit may be tried
   */
  void commit(Consumer<byte[]> counts) throws IOException {
    if (records.isEmpty()) {
      return;
    }
    Disk.Output to = out;
    long written = 0;
    boolean synced = false;
    try {
      if (to == null) {
        to = disk.append(name, length);
        out = to;
      }
      for (byte[] record : records) {
        byte[] frame = Frames.frame(record);
        to.append(frame, 0, frame.length);
        written += frame.length;
      }
      to.sync();
      synced = true;
    } finally {
      if (!synced) {
        close();
      }
    }
    length += written;
    List<byte[]> whole = List.copyOf(records);
    records.clear();
    whole.forEach(counts);
  }

  /** Leaves only these records: what a job that is over needs. */
  void shorten(List<byte[]> records) throws IOException {
    int size = 0;
    List<byte[]> frames = new ArrayList<>();
    for (byte[] record : records) {
      byte[] frame = Frames.frame(record);
      frames.add(frame);
      size += frame.length;
    }
    byte[] all = new byte[size];
    int at = 0;
    for (byte[] frame : frames) {
      System.arraycopy(frame, 0, all, at, frame.length);
      at += frame.length;
    }
    close();
    disk.replace(name, all);
    length = size;
  }

  void close() {
    Disk.Output open = out;
    out = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException ignored) {
        // What counts was synced before; a descriptor that will not close is the kernel's affair.
      }
    }
  }
}
