package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.cache.AcrossRuns;
import io.tidegate.cache.CacheFigures;
import io.tidegate.cache.ExactCache;
import io.tidegate.cache.LayeredCache;
import io.tidegate.cache.Purge;
import io.tidegate.cache.PurgeNotes;
import io.tidegate.cache.Sealing;
import io.tidegate.cache.SharedFigures;
import io.tidegate.cache.Snapshot;
import io.tidegate.cache.l2.RedisAt;
import io.tidegate.cache.l2.RedisStore;
import io.tidegate.config.TidegateConfig;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.RequestDigest;
import io.tidegate.model.Secret;
import io.tidegate.model.Upstream;
import io.tidegate.net.EventLoops;
import io.tidegate.telemetry.Names;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge cache as configured: the process's own, with a shared layer behind it and a file to come back from, where there are such. What is purged is noted in
 * {@code audit.directory}, for the other processes of the unit.
 */
final class EdgeCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeCache.class);
  /** A database of millions of names is looked through in less. */
  private static final int PURGE_SECONDS = 120;

  final ExactCache near;
  private final @Nullable LayeredCache layered;
  private final AcrossRuns runs;
  private final RequestDigest digest;

  EdgeCache(TidegateConfig config, RootKey root, RequestDigest digest, EventLoops loops, WallClock clock) {
    TidegateConfig.Cache set = config.cache();
    this.digest = digest;
    this.near = new ExactCache(set.enabled() ? set.sizeBytes() : 0, System::nanoTime);
    TidegateConfig.Shared shared = set.shared();
    this.layered = shared == null || !set.enabled() ? null : layered(shared, config.upstreams(), root, loops, clock);
    Path file = set.snapshot();
    Snapshot snapshot = file == null || !set.enabled() ? null : new Snapshot(file, root.derive("cache-snapshot"), world(config.upstreams()), clock);
    PurgeNotes notes = new PurgeNotes(config.audit().directory().resolve("cache.purges"), root.derive("cache-purges"));
    // A purge counts though the cache is off: a file from before may wait until it is on again.
    this.runs = new AcrossRuns(near, notes, snapshot, clock);
    // Before anything is looked for elsewhere.
    recall();
  }

  private LayeredCache layered(TidegateConfig.Shared shared, List<Upstream> upstreams, RootKey root, EventLoops loops, WallClock clock) {
    Secret key = shared.key();
    // A key that several installations share has its own derivation: what one of them derives otherwise stays its own.
    byte[] secret = key == null ? root.derive("cache-shared") : RootKey.of(key.reveal().getBytes(StandardCharsets.UTF_8)).derive("cache-shared");
    Secret password = shared.password();
    RedisAt at = new RedisAt(shared.host(), shared.port(), shared.database(), shared.tls(), shared.ca(), shared.user(),
        password == null ? null : password.reveal(), shared.prefix());
    return new LayeredCache(near, RedisStore.open(at, loops.group(), loops.count()), new Sealing(secret, world(upstreams)), clock, shared.longestWait().toNanos());
  }

  /** What a model's name stands for here: a daemon with other upstreams behind the same names must not be given these answers. */
  private static byte[] world(List<Upstream> upstreams) {
    StringBuilder text = new StringBuilder();
    for (Upstream upstream : upstreams) {
      text.append(upstream.name()).append('\n').append(upstream.zone()).append('\n').append(upstream.dialect()).append('\n').append(upstream.models())
          .append('\n').append(upstream.defaultModel()).append('\n').append(new TreeMap<>(upstream.aliases())).append('\n').append(upstream.substitute())
          .append('\n').append(upstream.basePath()).append('\n');
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  AnswerCache port() {
    return layered == null ? near : layered;
  }

  private void recall() {
    try {
      runs.recall();
    } catch (IOException unreadable) {
      LOG.warn("cache.purges in audit.directory could not be read: {}; all answers until now count as purged", unreadable.getClass().getSimpleName());
    }
  }

  /** Takes over what another process of the unit purged, and asks the shared layer again to remove what it could not: each second or so. Blocking. */
  void look() {
    recall();
    if (layered != null) {
      layered.settle();
    }
  }

  /** Brings back what the last run left. Blocking. */
  void restore(String policyDigest) {
    try {
      int count = runs.restore(policyDigest);
      if (count >= 0) {
        LOG.info("the edge cache has {} answers of the last run", count);
      }
    } catch (IOException | RuntimeException unreadable) {
      LOG.warn("cache.snapshot could not be read: {}; the edge cache begins empty", unreadable.getClass().getSimpleName());
    }
  }

  /** Removes what fits everywhere. Blocking, at most two minutes. JSON: what was removed where. */
  String purge(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable String session) {
    Purge purge = new Purge(tenant, model, policy, session == null || tenant == null ? null : digest.session(tenant, session));
    AcrossRuns.Outcome outcome = runs.purge(purge);
    JsonWriter out = new JsonWriter().beginObject().key("memory").number(outcome.removed());
    if (outcome.failure() != null) {
      LOG.error("a purge could not be noted for the next run: {}", outcome.failure().getClass().getSimpleName());
      out.key("noted_failed").string("it is forgotten when this daemon ends: cache.purges in audit.directory cannot be written");
    }
    if (layered != null) {
      out.key("shared");
      try {
        out.number(layered.purgeShared(purge).toCompletableFuture().get(PURGE_SECONDS, TimeUnit.SECONDS));
      } catch (ExecutionException | TimeoutException failed) {
        out.nullValue().key("shared_failed").string(failed instanceof TimeoutException ? "it takes longer than " + PURGE_SECONDS + " s and goes on" : "it cannot be reached");
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
        out.nullValue().key("shared_failed").string("the daemon is stopping");
      }
    }
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8) + "\n";
  }

  void status(JsonWriter out) {
    CacheFigures memory = near.figures();
    out.beginObject().key("entries").number(memory.entries()).key("bytes").number(memory.bytes()).key("hits").number(memory.hits()).key("misses")
        .number(memory.misses()).key("refreshes").number(memory.refreshes()).key("refreshing").number(memory.refreshing()).key("not_worth_storing")
        .number(memory.notWorth());
    if (layered != null) {
      SharedFigures shared = layered.shared();
      out.key("shared").beginObject().key("address").string(shared.address()).key("connected").bool(shared.connected()).key("given_up").bool(shared.open())
          .key("under_way").number(shared.underWay()).key("hits").number(shared.hits()).key("misses").number(shared.misses()).key("late")
          .number(shared.late()).key("failed").number(shared.failed()).key("full").number(shared.full()).key("foreign").number(shared.foreign())
          .key("stored").number(shared.stored()).key("not_stored").number(shared.notStored()).endObject();
    }
    out.endObject();
  }

  void register(MeterRegistry registry) {
    Gauge.builder(Names.CACHE_BYTES, near, ExactCache::weightBytes).register(registry);
    Gauge.builder(Names.CACHE_ENTRIES, near, ExactCache::size).register(registry);
    FunctionCounter.builder(Names.CACHE_REFRESHES, near, cache -> cache.figures().refreshes()).register(registry);
    FunctionCounter.builder(Names.CACHE_NOT_WORTH, near, cache -> cache.figures().notWorth()).register(registry);
    if (layered != null) {
      Gauge.builder(Names.CACHE_SHARED_USABLE, layered, cache -> cache.shared().connected() && !cache.shared().open() ? 1 : 0).register(registry);
      asked(registry, layered, "hit", SharedFigures::hits);
      asked(registry, layered, "miss", SharedFigures::misses);
      asked(registry, layered, "late", SharedFigures::late);
      asked(registry, layered, "failed", SharedFigures::failed);
      asked(registry, layered, "full", SharedFigures::full);
      asked(registry, layered, "foreign", SharedFigures::foreign);
      FunctionCounter.builder(Names.CACHE_SHARED_STORED, layered, cache -> cache.shared().stored()).register(registry);
    }
  }

  private static void asked(MeterRegistry registry, LayeredCache cache, String outcome, ToDoubleFunction<SharedFigures> figure) {
    FunctionCounter.builder(Names.CACHE_SHARED_ASKED, cache, each -> figure.applyAsDouble(each.shared())).tag("outcome", outcome).register(registry);
  }

  /** Before the loops stop. */
  @Override
  public void close() {
    if (layered != null) {
      layered.close();
    }
    try {
      int count = runs.leave();
      if (count >= 0) {
        LOG.info("the edge cache leaves {} answers for the next run", count);
      }
    } catch (IOException | RuntimeException failed) {
      LOG.warn("cache.snapshot could not be written: {}; the next run begins with what an earlier one left, if any", failed.getClass().getSimpleName());
    }
  }
}
