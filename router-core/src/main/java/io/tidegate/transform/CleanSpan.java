package io.tidegate.transform;

/**
 * Where a finding stands in its string, in whole characters and words. Findings of a decoded or escaped reading have borders that only estimate
 * where the value lies in the text as it came (hazard A11); those are refused, by what the text around the borders looks like.
 */
final class CleanSpan {
  /** From this length on a run of such characters is decoded by the scanner. */
  private static final int ENCODED_RUN = 16;
  /** Estimated ends fall short of a run's end by fewer characters than this. */
  private static final int SHORTFALL = 4;

  final int start;
  final int end;

  private CleanSpan(int start, int end) {
    this.start = start;
    this.end = end;
  }

  /** The span of a finding at [from, to) of {@code text}; null if it is not certain to hold all of what was found. */
  static @org.jspecify.annotations.Nullable CleanSpan of(String text, int from, int to) {
    if (from < 0 || from >= to || to > text.length() || escapes(text, from, to)) {
      return null;
    }
    int start = from > 0 && Character.isLowSurrogate(text.charAt(from)) ? from - 1 : from;
    int end = to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? to + 1 : to;
    boolean cutsBefore = start > 0 && alnum(text.charAt(start - 1)) && alnum(text.charAt(start));
    boolean cutsBehind = end < text.length() && alnum(text.charAt(end - 1)) && alnum(text.charAt(end));
    int left = runStart(text, start);
    int right = runEnd(text, end);
    boolean run = right - left >= ENCODED_RUN;
    boolean nearRunEnd = right > end && right - end <= SHORTFALL && !alnum(text.charAt(end)) && allPadding(text, end, right);
    if (run && (cutsBefore || cutsBehind || nearRunEnd)) {
      return null;
    }
    while (cutsBefore && start > 0 && alnum(text.charAt(start - 1))) {
      start--;
    }
    while (cutsBehind && end < text.length() && alnum(text.charAt(end))) {
      end++;
    }
    return new CleanSpan(start, end);
  }

  /** Whether an escape of JSON, a URL or HTML stands in the span, or begins there. */
  private static boolean escapes(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '\\' || c == '%' && hex(text, i + 1) && hex(text, i + 2) || c == '&' && entity(text, i + 1)) {
        return true;
      }
    }
    return false;
  }

  private static boolean entity(String text, int from) {
    int i = from;
    while (i < text.length() && i - from < 10 && (alnum(text.charAt(i)) || text.charAt(i) == '#')) {
      i++;
    }
    return i > from && (i < text.length() && text.charAt(i) == ';' || text.charAt(from) == '#');
  }

  private static boolean hex(String text, int at) {
    return at < text.length() && Character.digit(text.charAt(at), 16) >= 0 && text.charAt(at) < 0x80;
  }

  private static int runStart(String text, int from) {
    int i = from;
    while (i > 0 && encoded(text.charAt(i - 1))) {
      i--;
    }
    return i;
  }

  private static int runEnd(String text, int from) {
    int i = from;
    while (i < text.length() && encoded(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean allPadding(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (alnum(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean alnum(char c) {
    return c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  private static boolean encoded(char c) {
    return alnum(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
  }
}
