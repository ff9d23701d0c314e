package io.tidegate.audit;

import io.tidegate.audit.Frames.Frame;
import io.tidegate.audit.SegmentStore.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which of the oldest segments are beyond the age and size that are kept. Plans only: the plan is signed in the journal and on the disk before
 * anything is removed, so that {@code audit verify} can tell retention from a thief. Blocking.
 */
final class Retention {
  /** A segment still being made after this long was left by a process that died. */
  private static final Duration UNFINISHED = Duration.ofHours(1);

  /**
   * One chain's part of a plan.
   *
   * @param keepFrom number of the oldest segment that stays, or of the one after the last
   * @param firstSequence of its first record, which carries {@code firstPrevious}
   */
  record Drop(ChainId chain, int keepFrom, long firstSequence, byte[] firstPrevious, List<String> files) {}

  private Retention() {}

  /**
   * @param live files that are written or prepared: kept whatever their age, or records with a receipt would be lost (G7)
   * @param boot this boot; chains of another one that runs are left alone too
   */
  static List<Drop> plan(SegmentStore store, AuditConfig config, Instant now, Set<String> live, String boot) throws IOException {
    List<Stored> files = store.list();
    Listing listing = Listing.of(files);
    Set<String> old = old(listing, config, now);
    Map<String, Boolean> held = new HashMap<>();
    List<Drop> plan = new ArrayList<>();
    for (Map.Entry<ChainId, SortedMap<Integer, Stored>> entry : listing.chains().entrySet()) {
      ChainId chain = entry.getKey();
      if (old.stream().noneMatch(name -> entry.getValue().values().stream().anyMatch(file -> file.name().equals(name)))) {
        continue;
      }
      if (!chain.boot().equals(boot) && held.computeIfAbsent(chain.boot(), other -> runs(store, other))) {
        continue;
      }
      Drop drop = drop(store, chain, entry.getValue(), old, live);
      if (drop != null) {
        plan.add(drop);
      }
    }
    for (Stored file : files) {
      if (file.name().endsWith(FileStore.UNFINISHED) && file.modified().isBefore(now.minus(UNFINISHED))) {
        store.delete(file.name());
      }
    }
    return plan;
  }

  private static Set<String> old(Listing listing, AuditConfig config, Instant now) {
    List<Stored> segments = new ArrayList<>();
    listing.chains().values().forEach(chain -> segments.addAll(chain.values()));
    segments.sort(Comparator.comparing(Stored::modified).thenComparing(Stored::name).reversed());
    Instant oldest = now.minus(config.retention());
    long room = config.maxBytes() - config.segmentBytes();
    long total = 0;
    Set<String> old = new HashSet<>();
    for (Stored segment : segments) {
      total += segment.bytes();
      if (total > room || segment.modified().isBefore(oldest)) {
        old.add(segment.name());
      }
    }
    return old;
  }

  private static boolean runs(SegmentStore store, String boot) {
    try {
      return store.isHeld(boot);
    } catch (IOException unknown) {
      // Not known to be over: left alone.
      return true;
    }
  }

  /** A chain loses a run of its oldest segments or nothing; one whose next segment cannot be read is evidence and stays. */
  private static @Nullable Drop drop(SegmentStore store, ChainId chain, SortedMap<Integer, Stored> segments, Set<String> old, Set<String> live)
      throws IOException {
    List<String> files = new ArrayList<>();
    for (Map.Entry<Integer, Stored> segment : segments.entrySet()) {
      String name = segment.getValue().name();
      if (old.contains(name) && !live.contains(name)) {
        files.add(name);
        continue;
      }
      if (files.isEmpty()) {
        return null;
      }
      ByteBuffer bytes = store.read(name);
      Frame first = Frames.isSegment(bytes) ? Frames.at(bytes, Segment.HEADER) : null;
      return first == null ? null : new Drop(chain, segment.getKey(), first.sequence(), first.previous(), files);
    }
    ChainState whole = files.isEmpty() ? null : Listing.state(store, chain, segments, true);
    return whole == null ? null : new Drop(chain, segments.lastKey() + 1, whole.lastSequence() + 1, whole.head(), files);
  }
}
