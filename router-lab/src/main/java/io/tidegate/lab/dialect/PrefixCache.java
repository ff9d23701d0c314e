package io.tidegate.lab.dialect;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * DeepSeek's prompt cache as far as usage shows it: hits only whole units, here fixed steps of 64 tokens and ends of earlier inputs. Keeps
 * hashes only. Safe for any thread.
 */
final class PrefixCache {
  private static final int STEP_CHARACTERS = 64 * 4;

  private final Set<Long> units = new LinkedHashSet<>();
  private final int most;

  /** @param most units that are known */
  PrefixCache(int most) {
    this.most = most;
  }

  /** Characters of the longest known unit that the text begins with; the text's own units are known from now on. */
  synchronized int hit(String owner, String text) {
    long hash = owner.hashCode();
    int longest = 0;
    for (int i = 1; i <= text.length(); i++) {
      hash = hash * 1_000_003 + text.charAt(i - 1);
      if (units.contains(hash)) {
        longest = i;
      }
      if (i % STEP_CHARACTERS == 0 || i == text.length()) {
        units.add(hash);
      }
    }
    Iterator<Long> oldest = units.iterator();
    while (units.size() > most) {
      oldest.next();
      oldest.remove();
    }
    return longest;
  }
}
