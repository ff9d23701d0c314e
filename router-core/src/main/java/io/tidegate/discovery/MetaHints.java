package io.tidegate.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.model.Hints;
import io.tidegate.model.Sensitivity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata of a service in Consul says that an instance takes: {@code clearance}, {@code model}, {@code context}, {@code slots}. Whoever may
 * register may write it, so it only narrows (A14, K2). What cannot be read about clearance or model rules the instance out; about context or slots it
 * is named and passed over. Pure.
 *
 * @param hints null if the instance is ruled out
 * @param unreadable keys whose value could not be read
 */
record MetaHints(@Nullable Hints hints, List<String> unreadable) {
  private static final int MAX_MODELS = 64;
  private static final int MAX_NAME = 256;
  private static final int MOST = 100_000_000;
  private static final MetaHints NONE = new MetaHints(Hints.NONE, List.of());

  static MetaHints of(JsonNode meta) {
    if (!meta.isObject() || !(meta.has("clearance") || meta.has("model") || meta.has("context") || meta.has("slots"))) {
      return NONE;
    }
    Set<String> unreadable = new LinkedHashSet<>();
    Sensitivity clearance = Sensitivity.RESTRICTED;
    String word = text(meta, "clearance");
    if (word != null) {
      clearance = sensitivity(word);
      if (clearance == null) {
        unreadable.add("clearance");
      }
    }
    String names = text(meta, "model");
    Set<String> models = names == null ? Set.of() : models(names);
    if (names != null && models.isEmpty()) {
      unreadable.add("model");
    }
    boolean out = !unreadable.isEmpty();
    int context = number(meta, "context", unreadable);
    int slots = number(meta, "slots", unreadable);
    if (out || clearance == null) {
      return new MetaHints(null, List.copyOf(unreadable));
    }
    Hints hints = new Hints(clearance, models, context, slots);
    return new MetaHints(hints.equals(Hints.NONE) ? Hints.NONE : hints, List.copyOf(unreadable));
  }

  private static @Nullable Sensitivity sensitivity(String word) {
    for (Sensitivity sensitivity : Sensitivity.values()) {
      if (sensitivity.name().toLowerCase(Locale.ROOT).equals(word.strip().toLowerCase(Locale.ROOT))) {
        return sensitivity;
      }
    }
    return null;
  }

  /** Empty if none can be read, or there are too many. */
  private static Set<String> models(String names) {
    Set<String> models = new LinkedHashSet<>();
    for (String name : names.split(",", -1)) {
      String model = name.strip();
      if (model.isEmpty() || model.length() > MAX_NAME || models.size() == MAX_MODELS) {
        return Set.of();
      }
      models.add(model);
    }
    return models;
  }

  private static int number(JsonNode meta, String key, Set<String> unreadable) {
    String text = text(meta, key);
    if (text == null) {
      return 0;
    }
    int value = 0;
    for (int i = 0; i < text.length() && value <= MOST / 10; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        value = 0;
        break;
      }
      value = value * 10 + digit;
    }
    if (value == 0 || text.length() > 9) {
      unreadable.add(key);
      return 0;
    }
    return value;
  }

  /** Null if there is no such key; empty for what is no text. */
  private static @Nullable String text(JsonNode meta, String key) {
    JsonNode value = meta.path(key);
    return value.isMissingNode() ? null : value.isTextual() ? value.textValue() : "";
  }
}
