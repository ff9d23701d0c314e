package io.tidegate.lab.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/** A server's cache of prompts' blocks: the least recently used one goes. Of one prompt the end goes before the beginning. */
final class BlockCache {
  private final LinkedHashMap<Integer, Boolean> blocks;

  BlockCache(int most) {
    this.blocks = new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
        return size() > most;
      }
    };
  }

  /** How many of the prompt's first blocks are kept; from now on all are. */
  int use(int[] prompt) {
    int found = 0;
    while (found < prompt.length && blocks.containsKey(prompt[found])) {
      found++;
    }
    for (int i = prompt.length - 1; i >= 0; i--) {
      blocks.put(prompt[i], true);
    }
    return found;
  }
}
