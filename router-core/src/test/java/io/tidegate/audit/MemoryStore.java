package io.tidegate.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A directory in memory that knows what a power cut would leave, keeps the order of calls, and fails where it is told. Same contract as
 * {@link FileStore}.
 */
class MemoryStore implements SegmentStore {
  private static final int PAGE = 4096;

  /** What a call fails with; consulted before it does anything. */
  interface Fault {
    void on(String call, String name) throws IOException;
  }

  private static final class Content {
    final ByteBuffer bytes;
    /** What the disk has; null while not even the name is there. */
    byte[] durable;
    Instant modified;

    Content(ByteBuffer bytes, Instant modified) {
      this.bytes = bytes;
      this.modified = modified;
    }

    byte[] now() {
      byte[] copy = new byte[bytes.capacity()];
      bytes.duplicate().clear().get(copy);
      return copy;
    }
  }

  final Map<String, Content> files = new ConcurrentSkipListMap<>();
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  final Set<String> held = ConcurrentHashMap.newKeySet();
  volatile Fault fault = (call, name) -> { };
  /** Modification times count up: the order of writing is the order of time. */
  private Instant clock = Rig.NOW;

  private void call(String call, String name) throws IOException {
    fault.on(call, name);
    calls.add(call + " " + name);
  }

  @Override
  public List<Stored> list() throws IOException {
    call("list", "");
    List<Stored> all = new ArrayList<>();
    files.forEach((name, content) -> all.add(new Stored(name, content.bytes.capacity(), content.modified)));
    return all;
  }

  @Override
  public SegmentFile create(String name, int bytes) throws IOException {
    call("create", name);
    Content content = new Content(ByteBuffer.allocateDirect(bytes), clock = clock.plusMillis(1));
    files.put(name, content);
    return new SegmentFile() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public ByteBuffer bytes() {
        return content.bytes;
      }

      @Override
      public void force() throws IOException {
        call("force", name);
        content.durable = content.now();
        content.modified = clock = clock.plusMillis(1);
      }

      @Override
      public void close() {
        calls.add("close " + name);
      }
    };
  }

  @Override
  public ByteBuffer read(String name) throws IOException {
    call("read", name);
    Content content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return ByteBuffer.wrap(content.now());
  }

  @Override
  public void replace(String name, byte[] bytes) throws IOException {
    call("replace", name);
    put(name, bytes);
  }

  void put(String name, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    buffer.put(bytes).clear();
    Content content = new Content(buffer, clock = clock.plusMillis(1));
    content.durable = bytes.clone();
    files.put(name, content);
  }

  byte[] get(String name) {
    return files.get(name).now();
  }

  @Override
  public void trim(String name, int bytes) throws IOException {
    call("trim", name);
    Instant modified = files.get(name).modified;
    put(name, Arrays.copyOf(get(name), bytes));
    files.get(name).modified = modified;
  }

  @Override
  public void delete(String name) throws IOException {
    call("delete", name);
    files.remove(name);
  }

  @Override
  public void hold(String boot) throws IOException {
    call("hold", boot);
    held.add(boot);
  }

  @Override
  public void release(String boot) {
    held.remove(boot);
  }

  @Override
  public boolean isHeld(String boot) {
    return held.contains(boot);
  }

  /** The same directory after kill -9: nobody holds anything. */
  MemoryStore killed() {
    MemoryStore left = new MemoryStore();
    files.forEach((name, content) -> {
      left.put(name, content.now());
      left.files.get(name).modified = content.modified;
    });
    left.clock = clock;
    return left;
  }

  /** The same directory after a power cut: of each page either what was forced, or what was there, by chance. */
  MemoryStore powerCut(Random chance) {
    MemoryStore left = new MemoryStore();
    files.forEach((name, content) -> {
      byte[] durable = content.durable;
      byte[] now = content.now();
      if (durable == null) {
        if (chance.nextBoolean()) {
          return;
        }
        durable = new byte[now.length];
      }
      for (int page = 0; page < now.length; page += PAGE) {
        if (chance.nextInt(3) == 0) {
          System.arraycopy(now, page, durable, page, Math.min(PAGE, now.length - page));
        }
      }
      left.put(name, durable);
      left.files.get(name).modified = content.modified;
    });
    left.clock = clock;
    return left;
  }
}
