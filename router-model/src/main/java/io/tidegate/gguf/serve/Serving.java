package io.tidegate.gguf.serve;

import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.engine.Load;
import io.tidegate.gguf.engine.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is served now, and the change to another file (R3.5): the new one is loaded beside the old, takes over in one step, and the old one ends the
 * answers it has under way. A file that cannot be loaded changes nothing. One thread.
 */
public final class Serving implements AutoCloseable {
  private static final long STEP_MILLIS = 50;

  private final ModelServer server;
  private final Path file;
  private final Loader loader;
  private final Function<Weights, Batcher> batching;
  private final InstantSource clock;
  private final long drainMillis;
  private Loaded loaded;
  /** Of the file that was looked at last. */
  private Object seen;

  /** Loads a file. */
  public interface Loader {
    Weights load(Path file) throws IOException;
  }

  private record Loaded(Weights weights, EngineThreads threads, Batcher batcher) {}

  /** What a look at the file led to. */
  public enum Look { SAME, TAKEN, REFUSED }

  /**
   * Loads and serves.
   *
   * @param drainMillis longest wait for answers of a file that was replaced
   */
  public Serving(ModelServer server, Path file, Loader loader, Function<Weights, Batcher> batching, InstantSource clock, long drainMillis)
      throws IOException {
    this.server = server;
    this.file = file;
    this.loader = loader;
    this.batching = batching;
    this.clock = clock;
    this.drainMillis = drainMillis;
    this.seen = identity();
    this.loaded = begin();
  }

  private Loaded begin() throws IOException {
    Weights weights = loader.load(file);
    Batcher batcher;
    try {
      batcher = batching.apply(weights);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
    Loaded begun = new Loaded(weights, new EngineThreads(batcher), batcher);
    server.ready(new Service(weights, batcher, clock.instant().getEpochSecond()));
    return begun;
  }

  /** The file itself, not the link to it: its place, and when it was written. */
  private Object identity() throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
    return real + " " + attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
  }

  /**
   * Looks whether the file is another one now.
   *
   * @param complaint takes why one was refused; each is told once
   */
  public Look look(java.util.function.Consumer<String> complaint) throws InterruptedException {
    @Nullable Object now;
    try {
      now = identity();
    } catch (IOException gone) {
      return Look.SAME; // It is mapped: it serves on.
    }
    if (now.equals(seen)) {
      return Look.SAME;
    }
    seen = now;
    Loaded old = loaded;
    try {
      loaded = begin();
    } catch (IOException | IllegalStateException e) {
      complaint.accept(String.valueOf(e.getMessage()));
      return Look.REFUSED;
    }
    server.passed();
    for (long waited = 0; waited < drainMillis && underWay(old.batcher.load()); waited += STEP_MILLIS) {
      Thread.sleep(STEP_MILLIS);
    }
    letGo(old);
    return Look.TAKEN;
  }

  private static boolean underWay(Load load) {
    return load.busy() > 0 || load.waiting() > 0;
  }

  private void letGo(Loaded old) throws InterruptedException {
    // Native memory: whoever still computed with it would bring the process down.
    if (old.threads.end()) {
      server.afterVectors(old.weights::close);
    }
  }

  @Override
  public void close() {
    try {
      letGo(loaded);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
