package io.tidegate.policy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.tidegate.model.Likelihood;
import io.tidegate.yaml.YamlPosition;
import org.jspecify.annotations.Nullable;

/**
 * A detector written in a policy file: a linear-time pattern (hazard K4) or a dictionary, with words that must stand near. Pure; one instance
 * serves all threads.
 */
public final class PolicyPattern {
  private final String id;
  private final YamlPosition position;
  private final String type;
  private final @Nullable Pattern regex;
  private final String needle;
  private final @Nullable TermIndex terms;
  private final @Nullable TermIndex context;
  private final int window;
  private final Likelihood likelihood;
  private final @Nullable Likelihood withoutContext;

  /** Takes what was seen. */
  public interface Hits {
    /**
     * @param start first unit, inclusive
     * @param end exclusive
     */
    void hit(int start, int end, Likelihood likelihood);
  }

  /** What is left to spend. */
  public interface Steps {
    /** Takes {@code steps}; false if nothing is left: stop. */
    boolean spend(int steps);
  }

  /**
   * @param regex null if {@code terms} is given
   * @param context words of which one must stand within {@code window} units on either side; null for none needed
   * @param withoutContext likelihood when no context word stands near; null to report nothing then
   */
  PolicyPattern(String id, YamlPosition position, String type, @Nullable Pattern regex, @Nullable TermIndex terms,
      @Nullable TermIndex context, int window,
      Likelihood likelihood, @Nullable Likelihood withoutContext) {
    this.id = id;
    this.position = position;
    this.type = type;
    this.regex = regex;
    this.needle = regex == null ? "" : literalPrefix(regex.pattern());
    this.terms = terms;
    this.context = context;
    this.window = window;
    this.likelihood = likelihood;
    this.withoutContext = withoutContext;
  }

  /** Id of the detector, as findings carry it. */
  public String id() {
    return id;
  }

  /** Where its id stands. */
  public YamlPosition position() {
    return position;
  }

  /** The entity type it reports. */
  public String type() {
    return type;
  }

  /** Reports every hit in {@code text}; stops early when {@code steps} refuses. */
  public void find(CharSequence text, Steps steps, Hits hits) {
    if (!steps.spend(text.length())) {
      return;
    }
    if (context != null && withoutContext == null && !context.occursIn(text, 0, text.length())) {
      return;
    }
    if (terms != null) {
      terms.find(text, (start, end) -> report(text, start, end, hits));
      return;
    }
    Pattern pattern = regex;
    if (pattern == null || !needle.isEmpty() && !contains(text, needle)) {
      return;
    }
    // RE2/J looks at a character several times (the pattern's alternatives run side by side).
    if (!steps.spend(4 * text.length())) {
      return;
    }
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) {
        report(text, matcher.start(), matcher.end(), hits);
      }
    }
  }

  private void report(CharSequence text, int start, int end, Hits hits) {
    if (context == null || context.occursIn(text, Math.max(0, start - window), Math.min(text.length(), end + window))) {
      hits.hit(start, end, likelihood);
    } else if (withoutContext != null) {
      hits.hit(start, end, withoutContext);
    }
  }

  /**
   * Characters with which every match begins, so that most texts need no matching. Empty if the pattern has alternatives or flags, or if it
   * does not begin with at least two plain characters.
   */
  static String literalPrefix(String pattern) {
    if (pattern.indexOf('|') >= 0 || pattern.contains("(?")) {
      return "";
    }
    int i = 0;
    while (i < pattern.length() && (Character.isLetterOrDigit(pattern.charAt(i)) || "-_ ".indexOf(pattern.charAt(i)) >= 0)
        && !Character.isSurrogate(pattern.charAt(i))) {
      i++;
    }
    if (i < pattern.length() && "?*{+".indexOf(pattern.charAt(i)) >= 0) {
      i--;
    }
    return i >= 2 ? pattern.substring(0, i) : "";
  }

  private static boolean contains(CharSequence text, String needle) {
    int last = text.length() - needle.length();
    char first = needle.charAt(0);
    for (int i = 0; i <= last; i++) {
      if (text.charAt(i) == first) {
        int k = 1;
        while (k < needle.length() && text.charAt(i + k) == needle.charAt(k)) {
          k++;
        }
        if (k == needle.length()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Names only. */
  @Override
  public String toString() {
    return "PolicyPattern[" + id + ", " + type + "]";
  }
}
