package io.tidegate.cache;

import io.tidegate.line.AnswerCache;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonText;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The process's own cache before one that several share. What is found there is kept here too; what is stored goes to both where its {@code Life} lets it
 * leave the process, and never if it is RESTRICTED, whatever the policy and its life say (decisions 5). Any thread.
 */
public final class LayeredCache implements AnswerCache, AutoCloseable {
  private final ExactCache near;
  private final FarStore store;
  private final SharedLayer far;
  private final Sealing sealing;
  private final WallClock clock;

  /** @param waitNanos longest that a look-up in {@code store} may take */
  public LayeredCache(ExactCache near, FarStore store, Sealing sealing, WallClock clock, long waitNanos) {
    this.near = near;
    this.store = store;
    this.far = new SharedLayer(store, near, waitNanos);
    this.sealing = sealing;
    this.clock = clock;
  }

  @Override
  public long nanos() {
    return near.nanos();
  }

  @Override
  public @Nullable Stored get(Key key) {
    return near.get(key);
  }

  @Override
  public boolean goesDeeper(Key key) {
    return key.sensitivity() != Sensitivity.RESTRICTED && far.isUsable();
  }

  @Override
  public void find(Key key, JsonText body, Loop loop, Consumer<@Nullable Stored> done) {
    if (key.sensitivity() == Sensitivity.RESTRICTED) {
      loop.execute(() -> done.accept(null));
      return;
    }
    String name = sealing.name(key, body);
    far.get(name, loop, sealed -> {
      Stored found = sealed == null ? null : open(name, sealed);
      // Others put there what they had under way at our purge, or what was purged here alone.
      done.accept(found != null && near.putIfNewer(key, found) ? found : null);
    });
  }

  private @Nullable Stored open(String name, Sealed sealed) {
    byte[] packed = sealing.open(name, sealed);
    Stored found = packed == null ? null : Packing.unpack(packed, near.nanos(), clock.now().toEpochMilli());
    if (packed == null) {
      far.counts.foreign.increment();
    }
    return found;
  }

  @Override
  public void put(Key key, JsonText body, Stored answer) {
    if (!near.admits(key, answer) || !near.keep(key, answer)) {
      return;
    }
    if (answer.life().outside() && key.sensitivity() != Sensitivity.RESTRICTED && !far.isOpen() && store.isConnected()) {
      String name = sealing.name(key, body);
      // The answer's text must not wait there a second time.
      Origin origin = answer.origin();
      long born = answer.life().bornNanos();
      long age = near.nanos() - born;
      byte[] packed = Packing.pack(answer, age, clock.now().toEpochMilli());
      Sealed sealed = sealing.seal(name, key, origin, packed);
      far.put(name, sealed, Math.max(1, (answer.life().wholeNanos() - age) / 1_000_000), () -> near.isPurged(key, origin, born));
    }
  }

  @Override
  public boolean mayRefresh(Key key) {
    return near.mayRefresh(key);
  }

  @Override
  public void refreshed(Key key) {
    near.refreshed(key);
  }

  @Override
  public long drawNanos(Key key, Stored answer) {
    return near.drawNanos(key, answer);
  }

  /** Removes what {@code purge} fits from the shared layer; the process's own is purged by itself. */
  public CompletionStage<Long> purgeShared(Purge purge) {
    return store.purge(Sealing.HEAD_BYTES, purge.inHeads(sealing));
  }

  /** Asks the shared layer again to remove what it could not, if there is such: each second or so. */
  public void settle() {
    far.settle();
  }

  /** How the shared layer fares. */
  public SharedFigures shared() {
    SharedLayer.Counts counts = far.counts;
    return new SharedFigures(store.address(), store.isConnected(), far.isOpen(), far.underWay(), counts.hits.sum(), counts.misses.sum(), counts.late.sum(),
        counts.failed.sum(), counts.full.sum(), counts.foreign.sum(), counts.stored.sum(), counts.notStored.sum());
  }

  @Override
  public void close() {
    store.close();
  }
}
