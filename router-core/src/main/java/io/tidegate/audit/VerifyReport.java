package io.tidegate.audit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code audit verify} found.
 *
 * @param problems everything that is not as it was written, in the order of chains
 * @param notes what an auditor may want to know and is no fault: torn tails that were closed, records that were lost and said so
 * @param statements signed statements, all with a good signature unless a problem says otherwise
 * @param unsigned records after the last signed head of their chain: linked, not yet signed
 * @param lost records that the daemon itself said it could not write
 */
public record VerifyReport(List<Problem> problems, List<String> notes, long segments, long records, long statements, long unsigned, long lost,
    List<Head> heads) {

  /** What is wrong. */
  public enum Kind {
    /** Bytes of a record, or beside one, are not what was written. */
    EDITED,
    /** Records are missing in the middle. */
    GAP,
    /** A record stands where another belongs. */
    REORDERED,
    /** Records are missing at the end. */
    TRUNCATED,
    /** Whole segments, or all of a chain, are gone and no signed statement says that retention dropped them. */
    MISSING,
    /** Written by somebody without the key, or contrary to what was signed. */
    FORGED,
    /** Belongs to no chain of this directory. */
    FOREIGN,
    /** The last record was cut while it was written; the next start of the daemon closes it. */
    TORN,
    /** Records went on for long without a signed head. */
    UNSIGNED,
    UNREADABLE
  }

  /**
   * One thing that is wrong.
   *
   * @param file segment, or what stands for it
   * @param at byte in the file, -1 where it is the file as a whole
   * @param sequence of the record in its chain, -1 where that is not known
   */
  public record Problem(Kind kind, String file, long at, long sequence, String text) {
    @Override
    public String toString() {
      return kind + " " + file + (at >= 0 ? " byte " + at : "") + (sequence >= 0 ? " record " + sequence : "") + ": " + text;
    }
  }

  /** The end of one chain: keep it elsewhere, and the next visit can tell whether it is still there. */
  public record Head(String chain, long sequence, String hash, @Nullable Instant signed) {}

  public boolean good() {
    return problems.isEmpty();
  }
}
