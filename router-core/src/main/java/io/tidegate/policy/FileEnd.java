package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.yaml.YamlMap;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A policy file says where it ends, so that one that was cut short (a copy that stopped, a full disk, a write under way) is never taken for a
 * whole one with fewer rules (hazard K3). YAML's own end-of-document line {@code ...} says it; so does {@code tests}, where it is the last key:
 * everything that decides then stands before it.
 */
final class FileEnd {
  private static final String MARKER = "...";

  private FileEnd() {}

  static void check(String file, byte[] bytes, YamlMap root, List<Problem> problems) {
    List<String> keys = root.keys();
    if (!keys.isEmpty() && keys.get(keys.size() - 1).equals("tests") && root.list("tests") > 0) {
      return;
    }
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    int last = lines.length - 1;
    while (last > 0 && (lines[last].isBlank() || lines[last].startsWith("#"))) {
      last--;
    }
    if (!lines[last].stripTrailing().equals(MARKER)) {
      problems.add(new Problem(file, last + 1, 1, "the file does not say that it ends here, so it may have been cut short",
          "add a last line '" + MARKER + "', or let 'tests:' be the last key"));
    }
  }
}
