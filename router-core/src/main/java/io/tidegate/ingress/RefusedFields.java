package io.tidegate.ingress;

import io.tidegate.model.Operation;
import io.tidegate.wire.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * The root's members that are refused by name: the exceptions from "untouched" (decisions 2). Each is a field that some upstream obeys in a
 * way the scan cannot vouch for.
 */
final class RefusedFields {
  /** Template code that the upstream would run over the scanned text (vLLM). */
  private static final String[] ALWAYS = {
    "chat_template",
    // A slot of llama.cpp keeps another caller's prefix: choosing one would cross tenants (G4).
    "id_slot",
    // Destination and credentials by the body (hazard A16, CVE-2024-6587).
    "api_base", "api_key", "base_url", "custom_llm_provider",
  };
  /** {@code content} flips llama.cpp to its native form, {@code messages} flips vLLM to chat embeddings: another reading of the body. */
  private static final String[] EMBEDDING = {"content", "messages"};

  private RefusedFields() {}

  /** The refused name that the key node spells, or null. */
  static @Nullable String match(JsonText json, int key, Operation operation) {
    String found = match(json, key, ALWAYS);
    return found == null && operation == Operation.EMBEDDING ? match(json, key, EMBEDDING) : found;
  }

  static String reason(String field) {
    return switch (field) {
      case "chat_template" -> "Remove the field: templates are not taken from requests.";
      case "id_slot" -> "Remove the field: slots are the upstream's to choose.";
      case "content", "messages" -> "Remove the field: embeddings take their text from \"input\".";
      default -> "Remove the field: where a request goes is decided by policy.";
    };
  }

  private static @Nullable String match(JsonText json, int key, String[] names) {
    boolean escaped = json.escaped(key);
    int length = json.end(key) - json.start(key) - 2;
    for (String name : names) {
      if ((escaped || length == name.length()) && json.stringEquals(key, name)) {
        return name;
      }
    }
    return null;
  }
}
