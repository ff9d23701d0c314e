package io.tidegate.session;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A Bloom filter (Bloom 1970; the probes by double hashing, Kirsch and Mitzenmacher 2006) whose bits live twice: on the heap, where they are read
 * without ever waiting for a disk, and in {@link Stores} that outlive the process.
 *
 * <p>The stores can tell that they lost a bit. Each page of bits has a sum: over the bits that are set, of a number that belongs to the bit. Setting a
 * bit adds its number, so a sum is kept up in one store; a page that was torn, zeroed or overwritten does not fit its sum. A kill may fall between a
 * bit and its sum: what is about to be added is noted first, and is finished at the next start.
 *
 * <pre>
 * page 0, from byte 64 on: what is about to be added (two longs and a mark), or a mark of 0
 * from page 1 on: 8 bytes for each page of bits, filled up to whole pages
 * then the bits
 * </pre>
 *
 * {@link #add} is made by one thread at a time; {@link #holds} by any.
 */
final class LabelBits {
  static final int PAGE = 4096;
  /** At half of the bits set, one new conversation in 2^10 is taken for a labelled one. */
  static final int PROBES = 10;
  private static final int FIRST_AT = 64;
  private static final int SECOND_AT = 72;
  private static final int MARK_AT = 80;
  private static final int WORDS_PER_PAGE = PAGE / 8;
  private static final long BITS_PER_PAGE = PAGE * 8L;

  private final Stores stores;
  private final long bits;
  private final int bitsAt;
  private final AtomicLongArray words;
  private final long[] sums;
  private volatile long set;

  /** Eight bytes at a time, in the order they are put, each whole or not at all: what mapped memory gives to one who is killed. */
  interface Stores {
    long get(int at);

    void put(int at, long value);
  }

  /**
   * Takes the bits to the heap, checks every page's sum, and finishes what a kill interrupted.
   *
   * @param bytes of bits; a multiple of {@link #PAGE}
   * @throws LostBits if a page does not fit its sum
   */
  LabelBits(Stores stores, long bytes) throws LostBits {
    this.stores = stores;
    this.bits = bytes * 8;
    this.sums = new long[(int) (bytes / PAGE)];
    this.bitsAt = PAGE + wholePages(sums.length * 8L);
    this.words = new AtomicLongArray((int) (bytes / 8));
    long first = stores.get(FIRST_AT);
    long second = stores.get(SECOND_AT);
    boolean unfinished = stores.get(MARK_AT) == mark(first, second);
    long[] underWay = unfinished ? places(first, second) : new long[0];
    long count = 0;
    for (int page = 0; page < sums.length; page++) {
      count += read(page, underWay);
    }
    set = count;
    store(underWay);
    stores.put(MARK_AT, 0);
  }

  /** Bytes that head, sums and bits take together. */
  static long length(long bytes) {
    return PAGE + wholePages(bytes / PAGE * 8) + bytes;
  }

  private static int wholePages(long bytes) {
    return (int) ((bytes + PAGE - 1) / PAGE * PAGE);
  }

  /** Returns how many bits of the page are set. */
  private int read(int page, long[] underWay) throws LostBits {
    long sum = 0;
    int count = 0;
    for (int word = page * WORDS_PER_PAGE; word < (page + 1) * WORDS_PER_PAGE; word++) {
      long value = stores.get(bitsAt + word * 8);
      words.setPlain(word, value);
      count += Long.bitCount(value);
      for (long rest = value; rest != 0; rest &= rest - 1) {
        sum += number(word * 64L + Long.numberOfTrailingZeros(rest));
      }
    }
    long stored = stores.get(PAGE + page * 8);
    if (stored != sum) {
      if (!explained(sum - stored, page, underWay)) {
        throw new LostBits("page " + page + " of its bits does not fit its sum");
      }
      stores.put(PAGE + page * 8, sum);
    }
    sums[page] = sum;
    return count;
  }

  /** Whether a kill between a bit and its sum explains the difference: one bit at most, for each has its sum before the next is set. */
  private boolean explained(long difference, int page, long[] underWay) {
    return Arrays.stream(underWay).anyMatch(bit -> bit / BITS_PER_PAGE == page && isSet(bit) && number(bit) == difference);
  }

  /** Whether these hashes were added; true, rarely, though they were not. */
  boolean holds(long first, long second) {
    for (int i = 0; i < PROBES; i++) {
      if (!isSet(place(first, second, i))) {
        return false;
      }
    }
    return true;
  }

  /** Adds; when this returns, everything is in the stores. One thread at a time. */
  void add(long first, long second) {
    stores.put(FIRST_AT, first);
    stores.put(SECOND_AT, second);
    stores.put(MARK_AT, mark(first, second));
    store(places(first, second));
    stores.put(MARK_AT, 0);
  }

  private void store(long[] places) {
    for (long bit : places) {
      if (isSet(bit)) {
        continue;
      }
      int word = (int) (bit / 64);
      int page = (int) (bit / BITS_PER_PAGE);
      long value = words.getPlain(word) | 1L << bit;
      stores.put(bitsAt + word * 8, value);
      sums[page] += number(bit);
      stores.put(PAGE + page * 8, sums[page]);
      // Seen by others only now, so that what holds() says is in the stores.
      words.setRelease(word, value);
      set++;
    }
  }

  private boolean isSet(long bit) {
    return (words.getAcquire((int) (bit / 64)) >>> bit & 1) != 0;
  }

  private long[] places(long first, long second) {
    long[] places = new long[PROBES];
    for (int i = 0; i < PROBES; i++) {
      places[i] = place(first, second, i);
    }
    return places;
  }

  private long place(long first, long second, int i) {
    return Long.remainderUnsigned(first + i * (second | 1), bits);
  }

  /** SplitMix64's finaliser: numbers that do not cancel out. */
  private static long number(long bit) {
    long a = bit + 0x9e3779b97f4a7c15L;
    a = (a ^ (a >>> 30)) * 0xbf58476d1ce4e5b9L;
    a = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return a ^ (a >>> 31);
  }

  /** Never 0, which stands for nothing under way. */
  private static long mark(long first, long second) {
    return number(first) + Long.rotateLeft(number(second), 1) | 1;
  }

  /** Share of the bits that are set. */
  double fill() {
    return (double) set / bits;
  }
}
