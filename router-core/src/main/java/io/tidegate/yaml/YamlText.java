package io.tidegate.yaml;

import java.util.Set;

/**
 * A scalar, as written. Not a record, because its text may be a secret and must not print.
 */
public final class YamlText implements YamlNode {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private final String text;
  private final boolean plain;
  private final YamlPosition position;
  private final Style style;
  private final int indent;

  /** How the text lies in the file. */
  enum Style { ON_ONE_LINE, LITERAL_BLOCK, REFLOWED }

  /**
   * @param position of the first character of the text itself, after any quote; for a block, of its header
   * @param indent of a literal block, in columns
   */
  YamlText(String text, boolean plain, YamlPosition position, Style style, int indent) {
    this.text = text;
    this.plain = plain;
    this.position = position;
    this.style = style;
    this.indent = indent;
  }

  public String text() {
    return text;
  }

  @Override
  public YamlPosition position() {
    return position;
  }

  /** The place of a character of the text: {@code line} and {@code column} 1-based within it. As near as the way it is written permits. */
  public YamlPosition at(int line, int column) {
    return switch (style) {
      case ON_ONE_LINE -> new YamlPosition(position.file(), position.line(), position.column() + column - 1);
      case LITERAL_BLOCK -> new YamlPosition(position.file(), position.line() + line, indent + column);
      case REFLOWED -> position;
    };
  }

  /** Whether it is YAML's null: nothing after the colon, {@code ~} or {@code null}. */
  boolean isNull() {
    return plain && NULLS.contains(text);
  }

  boolean isPlain() {
    return plain;
  }

  @Override
  public String kind() {
    return isNull() ? "nothing" : "a single value";
  }

  /** The length only. */
  @Override
  public String toString() {
    return "YamlText[" + text.length() + " characters]";
  }
}
