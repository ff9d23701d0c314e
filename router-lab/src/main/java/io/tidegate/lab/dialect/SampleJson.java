package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Makes a JSON text that fits a simple JSON Schema, with strings that are awkward to cut. */
final class SampleJson {
  private static final int MAX_DEPTH = 8;
  /** An escaped quote, an escaped code point, a three-byte and a four-byte character. */
  private static final String AWKWARD = "\"Z\\u00fcrich \\\"Altstadt\\\" 北 🌤\"";

  private SampleJson() {}

  static String of(JsonNode schema) {
    StringBuilder out = new StringBuilder();
    value(schema, 0, out);
    return out.toString();
  }

  private static void value(JsonNode schema, int depth, StringBuilder out) {
    if (schema.path("enum").size() > 0) {
      out.append(schema.get("enum").get(0));
      return;
    }
    JsonNode type = schema.path("type");
    switch (type.isArray() && type.size() > 0 ? type.get(0).asText() : type.asText(schema.has("properties") ? "object" : "string")) {
      case "object" -> object(schema, depth, out);
      case "array" -> {
        out.append('[');
        if (depth < MAX_DEPTH && schema.has("items")) {
          value(schema.get("items"), depth + 1, out);
        }
        out.append(']');
      }
      case "integer", "number" -> out.append(schema.path("minimum").isNumber() ? schema.get("minimum").asText() : "1");
      case "boolean" -> out.append("true");
      case "null" -> out.append("null");
      default -> out.append(AWKWARD);
    }
  }

  private static void object(JsonNode schema, int depth, StringBuilder out) {
    out.append('{');
    Iterator<Map.Entry<String, JsonNode>> properties = schema.path("properties").properties().iterator();
    boolean first = true;
    while (depth < MAX_DEPTH && properties.hasNext()) {
      Map.Entry<String, JsonNode> property = properties.next();
      out.append(first ? "" : ", ").append(com.fasterxml.jackson.databind.node.TextNode.valueOf(property.getKey())).append(": ");
      value(property.getValue(), depth + 1, out);
      first = false;
    }
    out.append('}');
  }

  /** Cuts an arguments text into pieces of about five characters, and always inside its escapes; never inside a surrogate pair. */
  static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= text.length(); i++) {
      boolean pair = i < text.length() && Character.isLowSurrogate(text.charAt(i));
      boolean insideEscape = text.charAt(i - 1) == '\\';
      boolean full = i - start >= 5;
      if (i == text.length() || !pair && (insideEscape || full)) {
        pieces.add(text.substring(start, i));
        start = i;
      }
    }
    return pieces;
  }
}
