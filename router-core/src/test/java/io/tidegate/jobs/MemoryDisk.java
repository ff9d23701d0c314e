package io.tidegate.jobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A disk in memory that can lose what was not synced, and fail. */
final class MemoryDisk implements Disk {
  /** A fault that a test put in: one that no code expects. */
  static final class Planted extends StackOverflowError {
    static void mayThrow(@Nullable Planted fault) {
      if (fault != null) {
        throw fault;
      }
    }
  }

  private static final class Held {
    private byte[] bytes = {};
    private int synced;
  }

  private final Map<String, Held> files = new HashMap<>();
  /** So many writes and syncs go well, and then so many fail. */
  int wellFor;
  int failures;
  boolean unreadable;
  /** To be thrown once, by the write or sync after those that go well, or by the read after so many. */
  @Nullable Planted writeFault;
  @Nullable Planted readFault;
  int readsFor;
  int syncs;

  /** Loses power: of what was not synced, the first {@code kept} bytes of each file stay, the last of them perhaps damaged. */
  void crash(IntSupplier kept, boolean damaged) {
    files.values().forEach(file -> {
      int end = Math.min(file.bytes.length, file.synced + kept.getAsInt());
      file.bytes = Arrays.copyOf(file.bytes, end);
      if (damaged && end > file.synced) {
        file.bytes[end - 1] ^= 0x20;
      }
      file.synced = end;
    });
    failures = 0;
  }

  byte[] bytes(String name) {
    return files.get(name).bytes.clone();
  }

  void put(String name, byte[] bytes) {
    Held file = new Held();
    file.bytes = bytes.clone();
    file.synced = bytes.length;
    files.put(name, file);
  }

  MemoryDisk copy() {
    MemoryDisk copy = new MemoryDisk();
    files.forEach((name, file) -> copy.put(name, file.bytes));
    return copy;
  }

  private boolean failing() {
    return wellFor == 0 && failures > 0;
  }

  private void mayFail() throws IOException {
    if (wellFor > 0) {
      wellFor--;
      return;
    }
    Planted fault = writeFault;
    writeFault = null;
    Planted.mayThrow(fault);
    if (failures > 0) {
      failures--;
      throw new IOException("the disk of a test");
    }
  }

  private Held file(String name) throws IOException {
    Held file = files.get(name);
    if (file == null) {
      throw new IOException("no such file");
    }
    return file;
  }

  @Override
  public List<String> names() {
    return new ArrayList<>(files.keySet());
  }

  @Override
  public long size(String name) throws IOException {
    return file(name).bytes.length;
  }

  @Override
  public Output append(String name, long length) throws IOException {
    mayFail();
    Held file = files.computeIfAbsent(name, n -> new Held());
    file.bytes = Arrays.copyOf(file.bytes, (int) length);
    file.synced = Math.min(file.synced, (int) length);
    return new Output() {
      @Override
      public void append(byte[] bytes, int from, int count) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(file.bytes);
        // A write that fails may have written something.
        all.write(bytes, from, failing() ? count / 2 : count);
        file.bytes = all.toByteArray();
        mayFail();
      }

      @Override
      public void sync() throws IOException {
        mayFail();
        syncs++;
        file.synced = file.bytes.length;
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  @Override
  public Input read(String name) throws IOException {
    Held file = file(name);
    return new Input() {
      @Override
      public long size() {
        return file.bytes.length;
      }

      @Override
      public int read(long at, byte[] to, int from, int count) throws IOException {
        if (readFault != null && readsFor-- == 0) {
          Planted fault = readFault;
          readFault = null;
          Planted.mayThrow(fault);
        }
        if (unreadable) {
          throw new IOException("the disk of a test");
        }
        int have = Math.min(count, file.bytes.length - (int) at);
        if (have <= 0) {
          return count == 0 ? 0 : -1;
        }
        System.arraycopy(file.bytes, (int) at, to, from, have);
        return have;
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    mayFail();
    put(name, content);
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }
}
