package io.tidegate.jobs;

import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of all tenants. A file is there once its description is; bytes without one are what a stop left over. Confined to the jobs' thread. */
final class FileShelf {
  private final Disk disk;
  private final Space space;
  private final Map<String, StoredFile> files = new LinkedHashMap<>();

  FileShelf(Disk disk, Space space) {
    this.disk = disk;
    this.space = space;
  }

  /** Reads what is there, and removes what nobody can ask for. */
  void load() throws IOException {
    List<StoredFile> found = new ArrayList<>();
    List<String> names = disk.names();
    for (String name : names) {
      if (name.endsWith(StoredFile.DESCRIPTION)) {
        StoredFile file = StoredFile.of(all(name));
        if (file == null || !names.contains(file.id() + StoredFile.DATA)) {
          disk.delete(name);
        } else {
          found.add(file);
        }
      }
    }
    found.sort(Comparator.comparingLong(StoredFile::createdSeconds));
    found.forEach(file -> files.put(file.id(), file));
    for (String name : names) {
      if (name.endsWith(StoredFile.DATA)) {
        if (files.containsKey(name.substring(0, name.length() - StoredFile.DATA.length()))) {
          space.add(disk.size(name));
        } else {
          disk.delete(name);
        }
      }
    }
  }

  private byte[] all(String name) throws IOException {
    try (Disk.Input in = disk.read(name)) {
      byte[] out = new byte[(int) Math.min(in.size(), 64 << 10)];
      int got = 0;
      while (got < out.length) {
        int count = in.read(got, out, got, out.length - got);
        if (count < 0) {
          break;
        }
        got += count;
      }
      return out;
    }
  }

  /** The tenant's file; null for one that is not there, or another's. */
  @Nullable StoredFile get(String tenant, String id) {
    StoredFile file = files.get(id);
    return file != null && file.tenant().equals(tenant) ? file : null;
  }

  boolean has(String id) {
    return files.containsKey(id);
  }

  /** The tenant's, the newest first. */
  List<StoredFile> of(String tenant) {
    List<StoredFile> own = new ArrayList<>();
    files.values().forEach(file -> {
      if (file.tenant().equals(tenant)) {
        own.add(0, file);
      }
    });
    return own;
  }

  int count(String tenant) {
    int count = 0;
    for (StoredFile file : files.values()) {
      count += file.tenant().equals(tenant) ? 1 : 0;
    }
    return count;
  }

  int count() {
    return files.size();
  }

  /** The bytes are on the disk; from now on the file is there. One of the same id is replaced. */
  private StoredFile put(StoredFile file) throws IOException {
    disk.replace(file.id() + StoredFile.DESCRIPTION, file.toJson());
    files.put(file.id(), file);
    return file;
  }

  void delete(StoredFile file) throws IOException {
    // The description first: bytes without one go at the next start at the latest.
    disk.delete(file.id() + StoredFile.DESCRIPTION);
    files.remove(file.id());
    disk.delete(file.id() + StoredFile.DATA);
    space.add(-file.bytes());
  }

  /** Files made before then. */
  List<StoredFile> before(long seconds) {
    return files.values().stream().filter(file -> file.createdSeconds() < seconds).toList();
  }

  Disk.Input read(StoredFile file) throws IOException {
    return disk.read(file.id() + StoredFile.DATA);
  }

  /** Begins a file's bytes. */
  Writing write(String id) throws IOException {
    return new Writing(id, disk.append(id + StoredFile.DATA, 0));
  }

  /** A file's bytes on their way. */
  final class Writing {
    private final String id;
    private final Disk.Output out;
    private long bytes;

    private Writing(String id, Disk.Output out) {
      this.id = id;
      this.out = out;
    }

    long bytes() {
      return bytes;
    }

    void append(byte[] piece, int from, int count) throws IOException {
      out.append(piece, from, count);
      bytes += count;
      space.add(count);
    }

    /** Whole: it survives a loss of power, and is there. */
    StoredFile keep(String tenant, Sensitivity declared, String filename, String purpose, long nowSeconds) throws IOException {
      out.sync();
      out.close();
      StoredFile before = files.get(id);
      if (before != null) {
        space.add(-before.bytes());
      }
      return put(new StoredFile(id, tenant, declared, filename, purpose, bytes, nowSeconds));
    }

    /** Not wanted. */
    void drop() throws IOException {
      out.close();
      disk.delete(id + StoredFile.DATA);
      space.add(-bytes);
    }
  }
}
