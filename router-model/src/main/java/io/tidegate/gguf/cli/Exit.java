package io.tidegate.gguf.cli;

/** Exit codes, as everywhere in Tidegate. */
final class Exit {
  static final int GOOD = 0;
  static final int FOUND = 1;
  static final int USAGE = 2;
  static final int BAD_CONFIGURATION = 78;

  private Exit() {}
}
