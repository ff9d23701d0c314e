package io.tidegate.audit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One chain of records: those of one event loop during one run of the daemon, or that run's journal.
 *
 * @param boot unique to one start of the daemon; letters and digits
 * @param index number of the loop, or {@link #JOURNAL}
 */
record ChainId(String boot, int index) implements Comparable<ChainId> {
  static final int JOURNAL = -1;
  private static final int MOST_BOOT = 64;

  /** Part of a segment's place: its chain and its number in it, from 0. */
  record Place(ChainId chain, int number) {}

  static ChainId journal(String boot) {
    return new ChainId(boot, JOURNAL);
  }

  boolean isJournal() {
    return index == JOURNAL;
  }

  String fileName(int number) {
    return Segment.PREFIX + this + String.format(Locale.ROOT, "-%06d", number) + Segment.SUFFIX;
  }

  /** Where a file of this name belongs; null if it is no segment's name. */
  static @Nullable Place parse(String fileName) {
    if (!fileName.startsWith(Segment.PREFIX) || !fileName.endsWith(Segment.SUFFIX)) {
      return null;
    }
    String[] parts = fileName.substring(Segment.PREFIX.length(), fileName.length() - Segment.SUFFIX.length()).split("-", -1);
    if (parts.length != 3 || !isBoot(parts[0])) {
      return null;
    }
    try {
      ChainId chain = new ChainId(parts[0], parts[1].equals("j") ? JOURNAL : Integer.parseInt(parts[1]));
      Place place = new Place(chain, Integer.parseInt(parts[2]));
      return chain.fileName(place.number()).equals(fileName) ? place : null;
    } catch (NumberFormatException other) {
      return null;
    }
  }

  static boolean isBoot(String text) {
    return !text.isEmpty() && text.length() <= MOST_BOOT && text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z');
  }

  @Override
  public int compareTo(ChainId other) {
    int byBoot = boot.compareTo(other.boot);
    return byBoot != 0 ? byBoot : Integer.compare(index, other.index);
  }

  /** As in file names: boot and loop, or boot and {@code j}. */
  @Override
  public String toString() {
    return boot + "-" + (isJournal() ? "j" : Integer.toString(index));
  }
}
