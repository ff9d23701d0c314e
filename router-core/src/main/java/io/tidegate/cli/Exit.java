package io.tidegate.cli;

/** Exit codes (product.md, surfaces). */
final class Exit {
  static final int GOOD = 0;
  /** Something wrong was found: a failed policy test, a daemon that is not ready. */
  static final int FOUND = 1;
  static final int USAGE = 2;
  /** EX_CONFIG of sysexits.h. */
  static final int BAD_CONFIGURATION = 78;

  private Exit() {}
}
