package io.tidegate.classify;

/**
 * Bounds of one request's scan. Past any of them the request is in trouble (RESTRICTED), never scanned in part and called clean (G2, G8).
 *
 * @param totalSteps steps one request may cost in all; a step is about one character looked at, 1 to 2 ns
 * @param maxFindings findings kept; weak ones of a type already known are dropped quietly from half of it on
 * @param maxDecodedChars characters that decoding (base64, percent, entities, escapes) may yield in all
 * @param maxViews folded and decoded readings of one request
 */
public record ClassifierConfig(long totalSteps, int maxFindings, int maxDecodedChars, int maxViews) {
  /** Enough for a 16 MiB body of ordinary text with all its views. */
  public static final ClassifierConfig DEFAULT = new ClassifierConfig(400_000_000L, 10_000, 48 << 20, 200_000);

  public ClassifierConfig {
    if (totalSteps < 1 || maxFindings < 1 || maxDecodedChars < 0 || maxViews < 0) {
      throw new IllegalArgumentException("bounds must be positive");
    }
  }
}
