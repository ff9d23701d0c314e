package io.tidegate.ingress;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /v1/batch} (R2.1): {@code {"requests": [{"prompt": "…", "parameters": {…}}]}}. An item becomes the chat request that its
 * prompt and parameters mean, and is read like one that came by itself, so what is refused there is refused here, item by item. An item may give
 * {@code messages} in place of a prompt, or {@code input} for embeddings. Stateless, any thread.
 */
public final class BatchReader {
  private final RequestReader reader;
  private final JsonLimits limits;
  private final int maxItems;

  public BatchReader(RequestReader reader, JsonLimits limits, int maxItems) {
    this.reader = reader;
    this.limits = limits;
    this.maxItems = maxItems;
  }

  /** What became of a batch: its items in order, or what is wrong with its form. */
  public record Batch(List<Reading> items, @Nullable ErrorAnswer error) {}

  /**
   * @param body consumed
   * @param ids makes each item's id
   */
  public Batch read(byte[] body, RequestFacts facts, Supplier<String> ids, long nowNanos) {
    JsonText json;
    try {
      json = JsonText.parse(body, limits);
    } catch (JsonException e) {
      return refused(ErrorAnswer.of(e.tooLarge() ? Refusal.TOO_LARGE : Refusal.INVALID_REQUEST,
          "The body is not acceptable JSON: " + e.getMessage() + "."));
    }
    if (json.kind(0) != Kind.OBJECT) {
      return refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "The body must be a JSON object."));
    }
    int requests = json.member(0, "requests");
    if (requests < 0 || json.kind(requests) != Kind.ARRAY || json.next(requests) == requests + 1) {
      return refused(RequestReader.wrong("requests", "The field must be a non-empty array of requests."));
    }
    if (json.next(0) != json.next(requests) || requests != 2) {
      return refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "A batch has one field, \"requests\". Put everything else into its items."));
    }
    List<Reading> items = new ArrayList<>();
    for (int item = requests + 1; item < json.next(requests); item = json.next(item)) {
      if (items.size() == maxItems) {
        return refused(RequestReader.wrong("requests", "A batch holds at most " + maxItems + " requests. Send more batches."));
      }
      items.add(item(json, item, facts, ids.get(), nowNanos));
    }
    return new Batch(items, null);
  }

  private static Batch refused(ErrorAnswer error) {
    return new Batch(List.of(), error);
  }

  private Reading item(JsonText json, int item, RequestFacts facts, String id, long nowNanos) {
    if (json.kind(item) != Kind.OBJECT) {
      return no(ErrorAnswer.of(Refusal.INVALID_REQUEST, "An item must be an object with a prompt, or with messages."));
    }
    int prompt = json.member(item, "prompt");
    int messages = json.member(item, "messages");
    int input = json.member(item, "input");
    int parameters = json.member(item, "parameters");
    int payloads = (prompt < 0 ? 0 : 1) + (messages < 0 ? 0 : 1) + (input < 0 ? 0 : 1);
    if (payloads != 1) {
      return no(RequestReader.wrong("prompt", "Give an item one of prompt, messages and input."));
    }
    if (prompt >= 0 && json.kind(prompt) != Kind.STRING) {
      return no(RequestReader.wrong("prompt", "The prompt must be a string."));
    }
    if (parameters >= 0 && json.kind(parameters) != Kind.OBJECT && json.kind(parameters) != Kind.NULL) {
      return no(RequestReader.wrong("parameters", "The field must be an object."));
    }
    Reading read = reader.read(input >= 0 ? Operation.EMBEDDING : Operation.CHAT, body(json, item, prompt, parameters), facts, id, nowNanos);
    return read instanceof Reading.Accepted accepted && accepted.request().stream()
        ? no(RequestReader.wrong("stream", "Items of a batch cannot be streamed.")) : read;
  }

  /** A name that is given both in the item and in its parameters is written twice on purpose: the strict parse that follows refuses it. */
  private static byte[] body(JsonText json, int item, int prompt, int parameters) {
    JsonWriter out = new JsonWriter();
    out.beginObject();
    if (json.member(item, "model") < 0 && (parameters < 0 || json.member(parameters, "model") < 0)) {
      out.key("model").string("auto");
    }
    if (prompt >= 0) {
      out.key("messages").beginArray().beginObject().key("role").string("user").key("content").raw(json, prompt).endObject().endArray();
    }
    members(out, json, item, prompt, parameters);
    if (parameters >= 0 && json.kind(parameters) == Kind.OBJECT) {
      members(out, json, parameters, -1, -1);
    }
    return out.endObject().toBytes();
  }

  private static void members(JsonWriter out, JsonText json, int object, int without, int orWithout) {
    int end = json.next(object);
    for (int key = object + 1; key < end; key = json.next(key + 1)) {
      if (key + 1 != without && key + 1 != orWithout) {
        out.key(json.string(key)).raw(json, key + 1);
      }
    }
  }

  private static Reading no(ErrorAnswer error) {
    return new Reading.Refused(error);
  }
}
