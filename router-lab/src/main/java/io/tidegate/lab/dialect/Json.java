package io.tidegate.lab.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads and writes JSON trees; an emulator is no hot path. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The body as an object, or null if it is none. */
  static @Nullable ObjectNode parse(byte[] body) {
    try {
      return MAPPER.readTree(body) instanceof ObjectNode object ? object : null;
    } catch (IOException e) {
      return null;
    }
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree made here does not serialise");
    }
  }

  /** One {@code data:} event. */
  static byte[] event(JsonNode node) {
    byte[] json = bytes(node);
    byte[] all = new byte[json.length + 8];
    System.arraycopy("data: ".getBytes(StandardCharsets.US_ASCII), 0, all, 0, 6);
    System.arraycopy(json, 0, all, 6, json.length);
    all[all.length - 2] = '\n';
    all[all.length - 1] = '\n';
    return all;
  }

  /** One NDJSON line. */
  static byte[] line(JsonNode node) {
    byte[] json = bytes(node);
    byte[] all = java.util.Arrays.copyOf(json, json.length + 1);
    all[json.length] = '\n';
    return all;
  }
}
