package io.tidegate.admission.share;

/**
 * The leases of one account as one router saw them at one moment.
 *
 * @param live held by a router that was heard of lately
 * @param lost left by a router that is dead, or cannot be heard of and may still send
 * @param own whether this router's is among the live
 */
public record Leases(int live, int lost, boolean own) {
  public Leases {
    if (live < 0 || lost < 0 || own && live == 0) {
      throw new IllegalArgumentException("leases contradict each other");
    }
  }
}
