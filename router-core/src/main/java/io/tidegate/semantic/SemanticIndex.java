package io.tidegate.semantic;

import io.tidegate.semantic.Sameness.Outcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answered questions by partition: of each its vector, its fingerprint and whose answer it has. Looks through one partition only, all of it, with plain
 * loops: a thousand vectors of 384 numbers are a tenth of a millisecond. Bounded by the entries of a partition (the oldest goes) and by bytes in all (the
 * partition that was used longest ago goes). Thread-safe.
 *
 * @param <V> what an answer is known by; compared by value
 */
public final class SemanticIndex<V> {
  /** Most candidates that are compared word by word for one question, nearest first. */
  private static final int CANDIDATES = 8;
  /** Beside vector and fingerprint: entry, value, place in the list. */
  private static final int ENTRY_OVERHEAD = 96;

  private final int perPartition;
  private final long maxBytes;
  private final LinkedHashMap<Partition, List<Entry<V>>> partitions = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private int entries;

  /** @param perPartition most entries of one partition */
  public SemanticIndex(int perPartition, long maxBytes) {
    this.perPartition = perPartition;
    this.maxBytes = maxBytes;
  }

  /** What must be equal: 16 bytes of a keyed digest, and which encoder made the vectors. */
  public record Partition(long high, long low, int encoder) {}

  private static final class Entry<V> {
    final float[] vector;
    final Fingerprint print;
    final V value;
    final long endNanos;

    Entry(float[] vector, Fingerprint print, V value, long endNanos) {
      this.vector = vector;
      this.print = print;
      this.value = value;
      this.endNanos = endNanos;
    }

    long bytes() {
      return ENTRY_OVERHEAD + 16 + 4L * vector.length + print.bytes();
    }
  }

  /**
   * The nearest entry that asks the same.
   *
   * @param value null if there is none
   * @param score of the entry, or of the nearest that was turned down; 0 if there was no entry near enough to be looked at
   * @param outcome why the nearest was turned down; null if none was near enough
   */
  public record Match<V>(@Nullable V value, float score, @Nullable Outcome outcome) {}

  /** @param vector of unit length */
  public synchronized Match<V> find(Partition partition, float[] vector, Fingerprint print, float threshold, long nowNanos) {
    List<Entry<V>> all = partitions.get(partition);
    if (all == null) {
      return new Match<>(null, 0, null);
    }
    float[] scores = new float[CANDIDATES];
    List<Entry<V>> nearest = new ArrayList<>(CANDIDATES);
    for (int i = 0; i < all.size(); i++) {
      Entry<V> entry = all.get(i);
      float score = entry.endNanos - nowNanos <= 0 ? -1 : dot(vector, entry.vector);
      if (score >= threshold) {
        insert(nearest, scores, entry, score);
      }
    }
    Outcome why = null;
    for (int i = 0; i < nearest.size(); i++) {
      Outcome outcome = Sameness.compare(print, nearest.get(i).print);
      if (outcome == Outcome.SAME) {
        return new Match<>(nearest.get(i).value, scores[i], outcome);
      }
      why = why == null ? outcome : why;
    }
    return new Match<>(null, nearest.isEmpty() ? 0 : scores[0], why);
  }

  private void insert(List<Entry<V>> nearest, float[] scores, Entry<V> entry, float score) {
    int at = nearest.size();
    if (at == CANDIDATES) {
      if (score <= scores[at - 1]) {
        return;
      }
      nearest.remove(--at);
    }
    nearest.add(entry);
    while (at > 0 && scores[at - 1] < score) {
      scores[at] = scores[at - 1];
      nearest.set(at, nearest.get(at - 1));
      at--;
    }
    scores[at] = score;
    nearest.set(at, entry);
  }

  /** Cosine of two vectors of unit length. */
  public static float likeness(float[] a, float[] b) {
    return dot(a, b);
  }

  /** Four sums, so that one addition need not wait for the other. Vectors of another length are as far as can be. */
  static float dot(float[] a, float[] b) {
    if (a.length != b.length) {
      return -1;
    }
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + s2 + s3;
  }

  /** @param endNanos when its answer is over */
  public synchronized void add(Partition partition, float[] vector, Fingerprint print, V value, long endNanos, long nowNanos) {
    List<Entry<V>> all = partitions.computeIfAbsent(partition, key -> new ArrayList<>());
    for (Iterator<Entry<V>> each = all.iterator(); each.hasNext(); ) {
      Entry<V> entry = each.next();
      if (entry.endNanos - nowNanos <= 0 || Objects.equals(entry.value, value)) {
        each.remove();
        count(entry, -1);
      }
    }
    if (all.size() >= perPartition) {
      count(all.remove(0), -1);
    }
    Entry<V> entry = new Entry<>(vector, print, value, endNanos);
    all.add(entry);
    count(entry, 1);
    for (Iterator<Map.Entry<Partition, List<Entry<V>>>> eldest = partitions.entrySet().iterator(); bytes > maxBytes && eldest.hasNext(); ) {
      List<Entry<V>> old = eldest.next().getValue();
      while (!old.isEmpty() && bytes > maxBytes) {
        count(old.remove(0), -1);
      }
      if (old.isEmpty()) {
        eldest.remove();
      }
    }
  }

  private void count(Entry<V> entry, int sign) {
    bytes += sign * entry.bytes();
    entries += sign;
  }

  /** Forgets one. */
  public synchronized void remove(Partition partition, V value) {
    List<Entry<V>> all = partitions.get(partition);
    if (all == null) {
      return;
    }
    all.removeIf(entry -> {
      boolean same = Objects.equals(entry.value, value);
      if (same) {
        count(entry, -1);
      }
      return same;
    });
    if (all.isEmpty()) {
      partitions.remove(partition);
    }
  }

  public synchronized int entries() {
    return entries;
  }

  public synchronized long bytes() {
    return bytes;
  }
}
