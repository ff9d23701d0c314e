package io.tidegate.reply;

/** Rewrites one text that comes in pieces. Confined to its answer's loop. */
interface TextFilter {
  /**
   * @param last nothing follows: what was held back comes out
   * @return what can go on now; may be empty
   */
  String feed(String piece, boolean last);

  /** Whether something is held back. */
  boolean holds();
}
