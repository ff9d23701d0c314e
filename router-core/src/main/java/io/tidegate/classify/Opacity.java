package io.tidegate.classify;

import io.tidegate.wire.JsonText;
import java.util.HashMap;
import java.util.Map;

/** Keeps count of how much of each string could not be read as text. Confined to its scan. */
final class Opacity {
  private final JsonText json;
  private Map<Integer, Integer> opaqueByNode = Map.of();

  Opacity(JsonText json) {
    this.json = json;
  }

  /** Counts a run of {@code length} characters at {@code position} of the packed piece. */
  void add(Packer packer, int position, int length) {
    int entry = 0;
    while (entry + 1 < packer.entries && packer.entryStart[entry + 1] <= position) {
      entry++;
    }
    if (packer.entries > 0) {
      opaqueByNode = opaqueByNode.isEmpty() ? new HashMap<>() : opaqueByNode;
      opaqueByNode.merge(packer.entryNode[entry], length, Integer::sum);
    }
  }

  /** Whether more than half of some string is unreadable. */
  boolean opaque() {
    for (Map.Entry<Integer, Integer> entry : opaqueByNode.entrySet()) {
      int node = entry.getKey();
      if (entry.getValue() * 2L > json.end(node) - json.start(node)) {
        return true;
      }
    }
    return false;
  }
}
