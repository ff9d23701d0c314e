package io.tidegate.dispatch.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Region by address, the longest prefix first (R3.1). Prefixes are cut into ranges that do not overlap when the table is made, so a look-up is one binary
 * search over an array of longs: no pointer, no allocation. Immutable; any thread.
 */
public final class RegionTable {
  /** Knows nobody. */
  public static final RegionTable EMPTY = new Builder().build();

  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private final Ranges four;
  private final Ranges six;
  private final int prefixes;

  private RegionTable(Ranges four, Ranges six, int prefixes) {
    this.four = four;
    this.six = six;
    this.prefixes = prefixes;
  }

  /** Prefixes it was made from. */
  public int prefixes() {
    return prefixes;
  }

  /**
   * The region of an address; empty if no prefix covers it.
   *
   * @param address 4 or 16 bytes; an IPv4-mapped one of 16 counts as IPv4
   */
  public String of(byte[] address) {
    if (address.length == 4) {
      return four.of(0, word(address, 0, 4));
    }
    if (address.length != 16) {
      return "";
    }
    return Arrays.equals(address, 0, 12, MAPPED, 0, 12) ? four.of(0, word(address, 12, 4)) : six.of(word(address, 0, 8), word(address, 8, 8));
  }

  private static long word(byte[] bytes, int from, int count) {
    long word = 0;
    for (int i = from; i < from + count; i++) {
      word = word << 8 | bytes[i] & 0xff;
    }
    return word;
  }

  /** Collects prefixes. */
  public static final class Builder {
    private final List<Prefix> four = new ArrayList<>();
    private final List<Prefix> six = new ArrayList<>();

    /**
     * Of two equal prefixes the later counts.
     *
     * @param network 4 or 16 bytes; what is behind the prefix is not looked at. IPv4-mapped ones of at least 96 bits count as IPv4
     */
    public Builder add(byte[] network, int bits, String region) {
      if (network.length != 4 && network.length != 16 || bits < 0 || bits > network.length * 8) {
        throw new IllegalArgumentException("prefix length does not fit the address");
      }
      if (network.length == 4) {
        four.add(prefix(0, word(network, 0, 4), bits + 96, region));
      } else if (bits >= 96 && Arrays.equals(network, 0, 12, MAPPED, 0, 12)) {
        four.add(prefix(0, word(network, 12, 4), bits, region));
      } else {
        six.add(prefix(word(network, 0, 8), word(network, 8, 8), bits, region));
      }
      return this;
    }

    private static Prefix prefix(long high, long low, int bits, String region) {
      long highMask = bits >= 64 ? -1 : bits == 0 ? 0 : -1L << (64 - bits);
      long lowMask = bits <= 64 ? 0 : -1L << (128 - bits);
      return new Prefix(high & highMask, low & lowMask, high & highMask | ~highMask, low & lowMask | ~lowMask, bits, region);
    }

    public RegionTable build() {
      // An IPv4 address has 96 bits before it that are 0 here.
      List<Prefix> narrow = four.stream().map(p -> new Prefix(0, p.low, 0, p.lastLow, p.bits, p.region)).toList();
      return new RegionTable(Ranges.of(narrow), Ranges.of(six), four.size() + six.size());
    }
  }

  /** A prefix as the range of its addresses, both ends included; unsigned. */
  private record Prefix(long high, long low, long lastHigh, long lastLow, int bits, String region) {}

  /** Ranges by their first address; each goes up to the next one's. */
  private static final class Ranges {
    private final long[] highs;
    private final long[] lows;
    private final String[] regions;
    /** All first addresses have the same upper half. */
    private final boolean narrow;

    private Ranges(long[] highs, long[] lows, String[] regions) {
      this.highs = highs;
      this.lows = lows;
      this.regions = regions;
      this.narrow = Arrays.stream(highs).allMatch(high -> high == Long.MIN_VALUE);
    }

    String of(long high, long low) {
      long h = high ^ Long.MIN_VALUE;
      long l = low ^ Long.MIN_VALUE;
      int from = 0;
      int to = lows.length;
      while (from < to) {
        int middle = (from + to) >>> 1;
        boolean before = narrow && h == Long.MIN_VALUE ? lows[middle] <= l : highs[middle] < h || highs[middle] == h && lows[middle] <= l;
        if (before) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from == 0 ? "" : regions[from - 1];
    }

    /** Prefixes nest or do not touch: so a stack of those that are open tells which counts at each end. */
    static Ranges of(List<Prefix> prefixes) {
      List<Prefix> sorted = new ArrayList<>(prefixes);
      // Stable, so that of equal ones the last stays the last.
      sorted.sort(Comparator.<Prefix>comparingLong(p -> p.high ^ Long.MIN_VALUE).thenComparingLong(p -> p.low ^ Long.MIN_VALUE).thenComparingInt(Prefix::bits));
      Sweep sweep = new Sweep(sorted.size());
      List<Prefix> open = new ArrayList<>();
      for (Prefix prefix : sorted) {
        while (!open.isEmpty() && before(open.get(open.size() - 1).lastHigh, open.get(open.size() - 1).lastLow, prefix.high, prefix.low)) {
          close(open, sweep);
        }
        sweep.from(prefix.high, prefix.low, prefix.region);
        open.add(prefix);
      }
      while (!open.isEmpty()) {
        close(open, sweep);
      }
      return sweep.ranges();
    }

    private static void close(List<Prefix> open, Sweep sweep) {
      Prefix ended = open.remove(open.size() - 1);
      if (ended.lastHigh == -1 && ended.lastLow == -1) {
        // Nothing comes behind it.
        return;
      }
      long low = ended.lastLow + 1;
      sweep.from(low == 0 ? ended.lastHigh + 1 : ended.lastHigh, low, open.isEmpty() ? "" : open.get(open.size() - 1).region);
    }

    private static boolean before(long high, long low, long otherHigh, long otherLow) {
      int upper = Long.compareUnsigned(high, otherHigh);
      return upper < 0 || upper == 0 && Long.compareUnsigned(low, otherLow) < 0;
    }
  }

  /** Writes ranges in order; a later one that begins where the last begins takes its place. */
  private static final class Sweep {
    private long[] highs;
    private long[] lows;
    private String[] regions;
    private int size;

    Sweep(int prefixes) {
      int most = prefixes * 2 + 1;
      highs = new long[most];
      lows = new long[most];
      regions = new String[most];
    }

    void from(long high, long low, String region) {
      long h = high ^ Long.MIN_VALUE;
      long l = low ^ Long.MIN_VALUE;
      if (size > 0 && highs[size - 1] == h && lows[size - 1] == l) {
        size--;
      }
      if (size > 0 && regions[size - 1].equals(region)) {
        return;
      }
      highs[size] = h;
      lows[size] = l;
      regions[size++] = region;
    }

    Ranges ranges() {
      return new Ranges(Arrays.copyOf(highs, size), Arrays.copyOf(lows, size), Arrays.copyOf(regions, size));
    }
  }
}
