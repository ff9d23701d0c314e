package io.tidegate.jobs;

import io.tidegate.wire.JsonText;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An order in which prompts that begin alike stand together (R2.6), so that an upstream's prompt cache still holds the beginning when the next one comes. Groups
 * stand in the order in which their first members came, and so do the members; within a group those that are alike for longer stand together again.
 * Beginnings are compared by 64-bit hashes at {@value #FIRST} characters and each doubling of it: 64 tokens is the shortest unit of DeepSeek's cache.
 */
public final class PrefixOrder {
  private static final int FIRST = 256;
  private static final int LEVELS = 8;
  private static final String[] PAYLOADS = {"messages", "prompt", "input"};
  private static final long NONE = 0;

  private long[] hashes = new long[LEVELS * 64];
  private int count;

  /** Adds the next request. */
  public void add(JsonText json, int body) {
    if ((count + 1) * LEVELS > hashes.length) {
      hashes = Arrays.copyOf(hashes, hashes.length * 2);
    }
    int model = json.member(body, "model");
    long hash = model < 0 ? 1 : hash(json, 1, json.start(model), json.end(model));
    int payload = -1;
    for (int i = 0; i < PAYLOADS.length && payload < 0; i++) {
      payload = json.member(body, PAYLOADS[i]);
    }
    if (payload >= 0) {
      int at = json.start(payload);
      int length = json.end(payload) - at;
      int reached = 0;
      for (int level = 0; level < LEVELS && FIRST << level <= length; level++) {
        hash = hash(json, hash, at + reached, at + (FIRST << level));
        reached = FIRST << level;
        hashes[count * LEVELS + level] = hash == NONE ? 1 : hash;
      }
    }
    count++;
  }

  /** The order of some requests. */
  public static int[] of(List<JsonText> bodies) {
    PrefixOrder order = new PrefixOrder();
    bodies.forEach(body -> order.add(body, 0));
    return order.order().places();
  }

  /**
   * @param places of the requests as they were added, in the order in which they should be asked
   * @param groups by a request's place: the same number for those that share the longest beginning that is shared at all; -1 for one that shares none
   */
  public record Order(int[] places, int[] groups) {}

  public Order order() {
    // The rank of a beginning is the place of the first request that has it; one without a beginning of that length is its own.
    int[] ranks = new int[count * LEVELS];
    int[] groups = new int[count];
    Arrays.fill(groups, -1);
    for (int level = 0; level < LEVELS; level++) {
      Map<Long, Integer> firsts = new HashMap<>();
      for (int i = 0; i < count; i++) {
        long hash = hashes[i * LEVELS + level];
        int first = hash == NONE ? i : firsts.merge(hash, i, (known, here) -> known);
        ranks[i * LEVELS + level] = first;
        if (first != i) {
          groups[i] = first * LEVELS + level;
          groups[first] = first * LEVELS + level;
        }
      }
    }
    Integer[] places = new Integer[count];
    Arrays.setAll(places, i -> i);
    Arrays.sort(places, (a, b) -> {
      for (int level = 0; level < LEVELS; level++) {
        int difference = ranks[a * LEVELS + level] - ranks[b * LEVELS + level];
        if (difference != 0) {
          return difference;
        }
      }
      return a - b;
    });
    int[] out = new int[count];
    Arrays.setAll(out, i -> places[i]);
    return new Order(out, groups);
  }

  private static long hash(JsonText json, long start, int from, int to) {
    long hash = start;
    for (int i = from; i < to; i++) {
      hash = (hash ^ json.at(i) & 0xff) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    return hash * 0x9e3779b97f4a7c15L;
  }
}
