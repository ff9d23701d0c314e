package io.tidegate.yaml;

import java.util.List;

/** A node of a checked document. */
sealed interface YamlNode permits YamlText, YamlNode.Items, YamlMap {
  YamlPosition position();

  /** What to call it in a message. */
  String kind();

  /** A list. */
  record Items(List<YamlNode> nodes, YamlPosition position) implements YamlNode {
    @Override
    public String kind() {
      return "a list";
    }
  }
}
