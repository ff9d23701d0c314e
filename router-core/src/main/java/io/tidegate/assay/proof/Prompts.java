package io.tidegate.assay.proof;

import io.tidegate.assay.proof.ContentKind.Form;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.HashMap;
import java.util.Map;

/** The bodies of a proof's requests, each parsed once. Confined to one thread. */
final class Prompts {
  private final Map<Key, Prompt> made = new HashMap<>();

  private record Key(String text, Form form, Operation operation, String model, boolean stream) {}

  Prompt of(ContentKind content, Operation operation, String model, boolean stream) {
    return made.computeIfAbsent(new Key(content.text(), content.form(), operation, model, stream), Prompts::parsed);
  }

  private static Prompt parsed(Key key) {
    JsonWriter json = new JsonWriter().beginObject().key("model").string(key.model());
    switch (key.operation()) {
      case CHAT -> chat(json, key);
      case COMPLETION -> json.key("prompt").string(key.text());
      case EMBEDDING -> json.key("input").string(key.text());
    }
    byte[] body = json.key("stream").bool(key.stream()).endObject().toBytes();
    try {
      return new Prompt(JsonText.parse(body, JsonLimits.DEFAULT));
    } catch (JsonException e) {
      throw new IllegalStateException("a body of our own is strict JSON", e);
    }
  }

  private static void chat(JsonWriter json, Key key) {
    json.key("messages").beginArray().beginObject().key("role").string("user").key("content");
    if (key.form() == Form.IMAGE) {
      json.beginArray().beginObject().key("type").string("text").key("text").string(key.text()).endObject();
      json.beginObject().key("type").string("image_url").key("image_url").beginObject().key("url").string("data:image/png;base64,iVBORw0KGgo=")
          .endObject().endObject().endArray();
    } else {
      json.string(key.text());
    }
    json.endObject().endArray();
  }
}
