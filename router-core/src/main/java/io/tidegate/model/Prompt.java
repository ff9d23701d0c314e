package io.tidegate.model;

import io.tidegate.wire.JsonText;

/** The text of a request: a strictly validated JSON body. Prints its length only (G3). */
public final class Prompt {
  private final JsonText json;

  public Prompt(JsonText json) {
    this.json = json;
  }

  /** The body, validated, with the place of every string. */
  public JsonText json() {
    return json;
  }

  @Override
  public String toString() {
    return "Prompt[" + json.length() + " bytes]";
  }
}
