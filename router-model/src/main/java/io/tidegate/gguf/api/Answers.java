package io.tidegate.gguf.api;

import io.tidegate.gguf.engine.Ending;
import io.tidegate.gguf.engine.Fault;
import io.tidegate.wire.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Writes answers. Pure. */
public final class Answers {
  /** The event after the last one. */
  public static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final String id;
  private final boolean chat;
  private final String model;
  private final long created;

  /** @param created in seconds since 1970 */
  public Answers(String id, boolean chat, String model, long created) {
    this.id = (chat ? "chatcmpl-" : "cmpl-") + id;
    this.chat = chat;
    this.model = model;
    this.created = created;
  }

  /** One finished choice. */
  public record Choice(String text, Ending ending) {
    @Override
    public String toString() {
      return "Choice[" + text.length() + " characters, " + ending + "]";
    }
  }

  /** The whole answer. */
  public byte[] whole(List<Choice> choices) {
    JsonWriter out = head(new JsonWriter(), false).key("choices").beginArray();
    for (int i = 0; i < choices.size(); i++) {
      Choice choice = choices.get(i);
      out.beginObject().key("index").number(i);
      if (chat) {
        out.key("message").beginObject().key("role").string("assistant").key("content").string(choice.text).endObject();
      } else {
        out.key("text").string(choice.text);
      }
      out.key("logprobs").nullValue().key("finish_reason").string(reason(choice.ending)).endObject();
    }
    out.endArray();
    usage(out, choices.stream().map(Choice::ending).toList());
    timings(out, choices.get(0).ending);
    return out.endObject().toBytes();
  }

  /** The first event of a chat's choice. */
  public byte[] opening(int index) {
    JsonWriter out = head(new JsonWriter(), true).key("choices").beginArray().beginObject().key("index").number(index).key("delta").beginObject()
        .key("role").string("assistant").key("content").string("").endObject().key("finish_reason").nullValue().endObject().endArray();
    return event(out.endObject().toBytes());
  }

  public byte[] piece(int index, String text) {
    JsonWriter out = head(new JsonWriter(), true).key("choices").beginArray().beginObject().key("index").number(index);
    if (chat) {
      out.key("delta").beginObject().key("content").string(text).endObject();
    } else {
      out.key("text").string(text);
    }
    return event(out.key("finish_reason").nullValue().endObject().endArray().endObject().toBytes());
  }

  public byte[] ending(int index, Ending ending) {
    JsonWriter out = head(new JsonWriter(), true).key("choices").beginArray().beginObject().key("index").number(index);
    if (chat) {
      out.key("delta").beginObject().endObject();
    } else {
      out.key("text").string("");
    }
    out.key("finish_reason").string(reason(ending)).endObject().endArray();
    timings(out, ending);
    return event(out.endObject().toBytes());
  }

  public byte[] usage(List<Ending> endings) {
    JsonWriter out = head(new JsonWriter(), true).key("choices").beginArray().endArray();
    usage(out, endings);
    return event(out.endObject().toBytes());
  }

  /** An error in the middle of a stream, after which there is no {@link #DONE}. */
  public static byte[] errorEvent(Refused refused) {
    return event(error(refused));
  }

  public static byte[] error(Refused refused) {
    JsonWriter out = new JsonWriter().beginObject().key("error").beginObject().key("code").number(refused.status()).key("message").string(refused.message())
        .key("type").string(refused.type()).key("param");
    String param = refused.param();
    if (param == null) {
      out.nullValue();
    } else {
      out.string(param);
    }
    if (refused.promptTokens() > 0) {
      out.key("n_prompt_tokens").number(refused.promptTokens()).key("n_ctx").number(refused.context());
    }
    return out.endObject().endObject().toBytes();
  }

  /** What an engine's fault is to a caller. */
  public static Refused refused(Fault fault) {
    return switch (fault.kind()) {
      case TOO_LONG -> new Refused(400, "exceed_context_size_error", "the prompt has " + fault.promptTokens() + " tokens, and the context "
          + fault.context() + " for prompt and answer", null, fault.promptTokens(), fault.context());
      case BAD_PROMPT -> Refused.invalid("the prompt has no token, or one that the model does not have", null);
      case NO_TEMPLATE -> Refused.unsupported("a conversation with this model's chat template", "messages");
      case ENGINE -> Refused.failed();
      case STOPPING -> new Refused(503, "unavailable_error", "the server stops", null, 0, 0);
    };
  }

  /** @param tokens of all inputs */
  public static byte[] embeddings(List<float[]> vectors, int tokens, boolean base64, String model) {
    JsonWriter out = new JsonWriter().beginObject().key("object").string("list").key("data").beginArray();
    for (int i = 0; i < vectors.size(); i++) {
      out.beginObject().key("object").string("embedding").key("index").number(i).key("embedding");
      if (base64) {
        out.string(base64(vectors.get(i)));
      } else {
        out.beginArray();
        for (float value : vectors.get(i)) {
          out.number(Double.parseDouble(Float.toString(value)));
        }
        out.endArray();
      }
      out.endObject();
    }
    return out.endArray().key("model").string(model).key("usage").beginObject().key("prompt_tokens").number(tokens).key("total_tokens").number(tokens)
        .endObject().endObject().toBytes();
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : vector) {
      bytes.putFloat(value);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private JsonWriter head(JsonWriter out, boolean piece) {
    return out.beginObject().key("id").string(id).key("object").string(chat ? piece ? "chat.completion.chunk" : "chat.completion" : "text_completion")
        .key("created").number(created).key("model").string(model);
  }

  private static void usage(JsonWriter out, List<Ending> endings) {
    // Choices of one prompt share it, but each was read for itself.
    int prompt = endings.stream().mapToInt(Ending::promptTokens).sum();
    int made = endings.stream().mapToInt(Ending::completionTokens).sum();
    out.key("usage").beginObject().key("prompt_tokens").number(prompt).key("completion_tokens").number(made).key("total_tokens").number(prompt + made)
        .endObject();
  }

  /** As llama.cpp's server tells them. */
  private static void timings(JsonWriter out, Ending ending) {
    out.key("timings").beginObject().key("cache_n").number(0).key("prompt_n").number(ending.promptTokens()).key("prompt_ms")
        .number(ending.prefillNanos() / 1_000_000).key("predicted_n").number(ending.completionTokens()).key("predicted_ms")
        .number(ending.decodeNanos() / 1_000_000).endObject();
  }

  private static String reason(Ending ending) {
    return switch (ending.reason()) {
      case STOP -> "stop";
      case LENGTH -> "length";
    };
  }

  private static byte[] event(byte[] json) {
    return ByteBuffer.allocate(DATA.length + json.length + END.length).put(DATA).put(json).put(END).array();
  }
}
