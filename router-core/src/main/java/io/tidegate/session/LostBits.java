package io.tidegate.session;

/** A file of labels is there, and cannot be trusted to hold every bit that was set. The message holds no content. */
final class LostBits extends Exception {
  private static final long serialVersionUID = 1;

  LostBits(String what) {
    super(what);
  }
}
