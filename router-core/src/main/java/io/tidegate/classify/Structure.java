package io.tidegate.classify;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;

/** What the shape of an OpenAI-style request says: where there is something no text scan can read, and which strings are conversation. */
final class Structure {
  private static final String[] TEXT_PARTS = {"text", "input_text", "output_text", "refusal", "thinking", "tool_result", "tool_use", "reasoning", "summary_text"};
  private static final String[] MEDIA_KEYS = {"image_url", "input_audio", "audio_url", "video_url", "file_data", "input_image", "input_file"};
  private static final String[] LABEL_KEYS = {"role", "type", "id", "tool_call_id", "model", "name", "object"};

  private Structure() {}

  /** Whether the member of {@code key} holds media: a known key, or a content part that is not text. */
  static boolean unscannable(JsonText json, int key) {
    int length = json.end(key) - json.start(key) - 2;
    int value = key + 1;
    if (length == 7 && json.kind(value) == Kind.ARRAY && json.stringEquals(key, "content")) {
      for (int part = value + 1; part < json.next(value); part = json.next(part)) {
        if (!textPart(json, part)) {
          return true;
        }
      }
      return false;
    }
    if (length < 9 || length > 11 || json.kind(value) != Kind.STRING && json.kind(value) != Kind.OBJECT || json.member(value, "type") >= 0) {
      return false;
    }
    for (String media : MEDIA_KEYS) {
      if (media.length() == length && json.stringEquals(key, media)) {
        return true;
      }
    }
    return false;
  }

  private static boolean textPart(JsonText json, int part) {
    if (json.kind(part) == Kind.STRING) {
      return true;
    }
    int type = json.member(part, "type");
    if (type < 0) {
      return json.member(part, "text") >= 0;
    }
    for (String text : TEXT_PARTS) {
      if (json.stringEquals(type, text)) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code array} holds token numbers in the place of text: {@code "input": [15339, 1917]}, or lists of such. */
  static boolean tokens(JsonText json, int key, int array) {
    if (key < 0 || key + 1 != array || json.next(array) == array + 1) {
      return false;
    }
    int length = json.end(key) - json.start(key) - 2;
    if (!(length == 5 && json.stringEquals(key, "input") || length == 6 && json.stringEquals(key, "prompt"))) {
      return false;
    }
    for (int i = array + 1; i < json.next(array); i = json.next(i)) {
      boolean numbers = json.kind(i) == Kind.NUMBER || json.kind(i) == Kind.ARRAY && i + 1 < json.next(i) && json.kind(i + 1) == Kind.NUMBER;
      if (numbers) {
        return true;
      }
    }
    return false;
  }

  /** Whether values of {@code key} are part of what is said, rather than names of roles and types between it. */
  static boolean joins(JsonText json, int key) {
    if (key < 0) {
      return true;
    }
    int length = json.end(key) - json.start(key) - 2;
    for (String label : LABEL_KEYS) {
      if (label.length() == length && json.stringEquals(key, label)) {
        return false;
      }
    }
    return true;
  }
}
