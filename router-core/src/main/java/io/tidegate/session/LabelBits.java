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
 * <p>Two processes may have the stores at once, for as long as one takes over from the other. Bits are only ever set, and bits and sums are changed in
 * single atomic steps, so neither undoes the other's; each has a place of its own for what it is about to add. Additions are counted: where the count
 * is not what one's own additions make it, the other process's bits are looked up in the stores, and taken to the heap by {@link #refresh}.
 *
 * <pre>
 * page 0, from byte 64 and from byte 128 on: what each of the two is about to add (two longs and a mark), or a mark of 0
 * page 0, at byte 256: how many additions were made
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
  private static final int[] INTENT_AT = {64, 128};
  private static final int SECOND = 8;
  private static final int MARK = 16;
  static final int ADDS_AT = 256;
  /** Of looks at a page that another process is changing. Each of its changes takes nanoseconds, unless it is stopped in the middle. */
  private static final int MOST_LOOKS = 200_000;
  private static final long[] NONE = {};
  private static final int WORDS_PER_PAGE = PAGE / 8;
  private static final long BITS_PER_PAGE = PAGE * 8L;

  private final Stores stores;
  private final long bits;
  private final int bitsAt;
  private final AtomicLongArray words;
  private final int intentAt;
  private volatile long set;
  /** Additions that the heap knows of. */
  private volatile long seen;

  /** Eight bytes at a time, in the order they are put, each whole or not at all: what mapped memory gives to one who is killed. */
  interface Stores {
    long get(int at);

    void put(int at, long value);

    /** Sets bits in one step; returns what was there before. */
    default long or(int at, long bits) {
      long before = get(at);
      put(at, before | bits);
      return before;
    }

    /** Adds in one step; returns what was there before. */
    default long plus(int at, long amount) {
      long before = get(at);
      put(at, before + amount);
      return before;
    }
  }

  /** For the only process that has them. */
  LabelBits(Stores stores, long bytes) throws LostBits {
    this(stores, bytes, 0, true);
  }

  /**
   * Takes the bits to the heap, checks every page's sum, and finishes what a kill interrupted.
   *
   * @param bytes of bits; a multiple of {@link #PAGE}
   * @param slot 0 or 1: which of the two this process is
   * @param alone whether nobody is the other one
   * @throws LostBits if a page does not fit its sum
   */
  LabelBits(Stores stores, long bytes, int slot, boolean alone) throws LostBits {
    this.stores = stores;
    this.bits = bytes * 8;
    int pages = (int) (bytes / PAGE);
    this.bitsAt = PAGE + wholePages(pages * 8L);
    this.words = new AtomicLongArray((int) (bytes / 8));
    this.intentAt = INTENT_AT[slot];
    this.seen = stores.get(ADDS_AT);
    long[] ours = underWay(slot);
    long[] others = underWay(1 - slot);
    for (int page = 0; page < pages; page++) {
      check(page, ours, slot, alone);
    }
    store(ours);
    stores.put(intentAt + MARK, 0);
    if (alone) {
      store(others);
      if (others.length > 0) {
        stores.put(INTENT_AT[1 - slot] + MARK, 0);
      }
    }
    this.set = count();
  }

  /** The bits of what somebody is about to add. */
  private long[] underWay(int slot) {
    long first = stores.get(INTENT_AT[slot]);
    long second = stores.get(INTENT_AT[slot] + SECOND);
    return stores.get(INTENT_AT[slot] + MARK) == mark(first, second) ? places(first, second) : NONE;
  }

  /** Bytes that head, sums and bits take together. */
  static long length(long bytes) {
    return PAGE + wholePages(bytes / PAGE * 8) + bytes;
  }

  private static int wholePages(long bytes) {
    return (int) ((bytes + PAGE - 1) / PAGE * PAGE);
  }

  private void check(int page, long[] ours, int slot, boolean alone) throws LostBits {
    int sumAt = PAGE + page * 8;
    for (int look = 0;; look++) {
      long stored = stores.get(sumAt);
      long difference = read(page) - stored;
      if (difference == 0) {
        return;
      }
      // The other process may be between a bit and its sum, now or for ever.
      if (explained(difference, page, ours, underWay(1 - slot))) {
        if (alone) {
          stores.plus(sumAt, difference);
          return;
        }
        if (look > MOST_LOOKS) {
          // It is stopped in the middle; what is not its own to finish is told by what it was about to add.
          return;
        }
      } else if (alone || look > MOST_LOOKS) {
        throw new LostBits("page " + page + " of its bits does not fit its sum");
      }
      Thread.onSpinWait();
    }
  }

  /** To the heap; returns the sum over the bits that are set. */
  private long read(int page) {
    long sum = 0;
    for (int word = page * WORDS_PER_PAGE; word < (page + 1) * WORDS_PER_PAGE; word++) {
      long value = stores.get(bitsAt + word * 8);
      words.setPlain(word, value);
      for (long rest = value; rest != 0; rest &= rest - 1) {
        sum += number(word * 64L + Long.numberOfTrailingZeros(rest));
      }
    }
    return sum;
  }

  private long count() {
    long count = 0;
    for (int word = 0; word < words.length(); word++) {
      count += Long.bitCount(words.getPlain(word));
    }
    return count;
  }

  /** Whether kills between a bit and its sum explain the difference: one bit of each process at most, for each has its sum before the next is set. */
  private boolean explained(long difference, int page, long[] ours, long[] others) {
    return one(difference, page, ours) || one(difference, page, others)
        || Arrays.stream(ours).anyMatch(bit -> missing(bit, page) && one(difference - number(bit), page, others));
  }

  private boolean one(long difference, int page, long[] underWay) {
    return Arrays.stream(underWay).anyMatch(bit -> missing(bit, page) && number(bit) == difference);
  }

  private boolean missing(long bit, int page) {
    return bit / BITS_PER_PAGE == page && isSet(bit);
  }

  /** Whether these hashes were added; true, rarely, though they were not. */
  boolean holds(long first, long second) {
    boolean foreign = false;
    for (int i = 0; i < PROBES; i++) {
      long bit = place(first, second, i);
      if (isSet(bit)) {
        continue;
      }
      // One look at a page that every addition touches tells whether the stores can know more.
      if (foreign || behind()) {
        if ((stores.get(bitsAt + (int) (bit / 64) * 8) >>> bit & 1) == 0) {
          return false;
        }
        foreign = true;
      } else if (!isSet(bit)) {
        // The second look: what the other process added may have come to the heap, all of it, between the first and the count.
        return false;
      }
    }
    return true;
  }

  /** Whether the other process added what is not on the heap yet. */
  boolean behind() {
    return stores.get(ADDS_AT) != seen;
  }

  /** Takes the other process's additions to the heap. One thread at a time, the one that adds. */
  void refresh() {
    long adds = stores.get(ADDS_AT);
    for (int word = 0; word < words.length(); word++) {
      long value = stores.get(bitsAt + word * 8);
      if (value != words.getPlain(word)) {
        words.setRelease(word, value);
      }
    }
    set = count();
    seen = adds;
  }

  /** Adds; when this returns, everything is in the stores. One thread at a time. */
  void add(long first, long second) {
    stores.put(intentAt, first);
    stores.put(intentAt + SECOND, second);
    stores.put(intentAt + MARK, mark(first, second));
    store(places(first, second));
    stores.put(intentAt + MARK, 0);
    if (stores.plus(ADDS_AT, 1) == seen) {
      seen++;
    }
  }

  private void store(long[] places) {
    for (long bit : places) {
      if (isSet(bit)) {
        continue;
      }
      int word = (int) (bit / 64);
      long before = stores.or(bitsAt + word * 8, 1L << bit);
      if ((before >>> bit & 1) == 0) {
        stores.plus(PAGE + (int) (bit / BITS_PER_PAGE) * 8, number(bit));
        set++;
      }
      // Seen by others only now, so that what holds() says is in the stores. Bits of the other process that came along are there, too.
      words.setRelease(word, before | 1L << bit);
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
