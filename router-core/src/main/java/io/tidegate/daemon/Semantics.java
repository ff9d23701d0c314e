package io.tidegate.daemon;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.config.TidegateConfig;
import io.tidegate.embed.OtherWords;
import io.tidegate.embed.TextEncoder;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.RequestDigest;
import io.tidegate.telemetry.Names;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The semantic cache as configured; made only where there is an encoder, so that without one not even its classes are loaded. */
final class Semantics implements AutoCloseable {
  private static final int QUESTIONS_WAITING = 64;

  final OtherWords words;
  private final ThreadPoolExecutor pool;
  private final @Nullable URLClassLoader library;

  private Semantics(OtherWords words, ThreadPoolExecutor pool, @Nullable URLClassLoader library) {
    this.words = words;
    this.pool = pool;
    this.library = library;
  }

  /** @param secret 16 bytes, new for each start */
  static Semantics open(TidegateConfig.Semantic set, RequestDigest digest, AnswerCache cache, byte[] secret, MeterRegistry registry) throws StartFailure {
    ThreadPoolExecutor pool = Pools.bounded("semantic", set.threads(), QUESTIONS_WAITING);
    Counter[] counters = Arrays.stream(OtherWords.Outcome.values()).map(outcome -> Counter.builder(Names.SEMANTIC).tag("outcome",
        outcome.name().toLowerCase(Locale.ROOT)).register(registry))
        .toArray(Counter[]::new);
    OtherWords.Terms terms = new OtherWords.Terms(set.maxChars(), set.deadline().toNanos(), set.entries(), set.sizeBytes());
    URLClassLoader library = null;
    OtherWords words;
    String embeddings = set.embeddings();
    if (set.encoder() == TidegateConfig.Encoder.UPSTREAM && embeddings != null) {
      words = OtherWords.upstream(embeddings, set.maxTokens(), pool, digest, cache, outcome -> counters[outcome.ordinal()].increment(), terms, secret);
    } else {
      library = library(set.library());
      words = OtherWords.local(models(set, library), pool, digest, cache, outcome -> counters[outcome.ordinal()].increment(), terms, secret);
    }
    Gauge.builder(Names.SEMANTIC_ENTRIES, words, OtherWords::entries).register(registry);
    Gauge.builder(Names.SEMANTIC_BYTES, words, OtherWords::bytes).register(registry);
    return new Semantics(words, pool, library);
  }

  /** The jars of a directory, beside the daemon's own classes: the runtime of local models is not part of the daemon. */
  private static URLClassLoader library(@Nullable Path directory) throws StartFailure {
    if (directory == null) {
      throw new StartFailure("semantic.library: a local encoder needs the jars that run it. Fix: name the directory of router-onnx", List.of());
    }
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".jar")) {
          jars.add(url(file));
        }
      }
    } catch (IOException e) {
      throw new StartFailure("semantic.library: " + directory + " cannot be read. Fix: name the directory of router-onnx's jars", e);
    }
    return new URLClassLoader(jars.toArray(new URL[0]), Semantics.class.getClassLoader());
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }

  private static List<TextEncoder> models(TidegateConfig.Semantic set, URLClassLoader library) throws StartFailure {
    TextEncoder.Provider provider = ServiceLoader.load(TextEncoder.Provider.class, library).findFirst().orElseThrow(() -> new StartFailure(
        "semantic.library: " + set.library() + " holds no encoder. Fix: name the directory that holds router-onnx and onnxruntime", List.of()));
    List<TextEncoder> models = new ArrayList<>();
    for (TidegateConfig.EncoderModel each : set.models()) {
      try {
        models.add(provider.open(each.model(), each.tokenizer(), new TextEncoder.Terms(each.maxTokens(), each.pooling() == TidegateConfig.Pooling.FIRST)));
      } catch (IOException | LinkageError e) {
        throw new StartFailure("semantic.models: " + each.model() + " cannot be used: " + e.getMessage(), e);
      }
    }
    return models;
  }

  @Override
  public void close() {
    words.close();
    pool.shutdown();
    if (library != null) {
      try {
        library.close();
      } catch (IOException nothingHeld) {
        // It only reads jars.
        return;
      }
    }
  }
}
