package io.tidegate.upstream.dialect;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Operation;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.Splices;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole answer of a request without stream (status 200): proves it complete and well-formed, and brings it into OpenAI's form. Pure;
 * any thread.
 */
public final class AnswerReader {
  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;

  private final JsonText json;
  private final AnswerShape shape;
  private final Splices edits;
  private @Nullable Kind failure;

  private AnswerReader(JsonText json, AnswerShape shape) {
    this.json = json;
    this.shape = shape;
    this.edits = new Splices(json);
  }

  /**
   * Exactly one of {@code json} and {@code failure} is null.
   *
   * @param json normalised; the array that was read, where nothing had to change
   */
  public record Answer(byte @Nullable [] json, Usage usage, @Nullable AttemptFailure failure) {
    static Answer failed(Kind kind) {
      return failed(kind, Usage.UNKNOWN);
    }

    /** It is no answer, but it has its price. */
    static Answer failed(Kind kind, Usage usage) {
      return new Answer(null, usage, AttemptFailure.of(kind));
    }
  }

  /**
   * @param contentType the response header
   * @param body consumed
   */
  public static Answer read(AnswerShape shape, @Nullable String contentType, byte[] body) {
    if (!ContentTypes.isJson(contentType)) {
      return Answer.failed(Kind.PROTOCOL);
    }
    JsonText json;
    try {
      json = JsonText.parse(body, LIMITS);
    } catch (JsonException e) {
      return Answer.failed(e.tooLarge() ? Kind.OVERSIZED : Kind.PROTOCOL);
    }
    AnswerReader reader = new AnswerReader(json, shape);
    Usage usage = reader.read();
    Kind failure = reader.failure;
    if (failure != null) {
      return Answer.failed(failure, usage);
    }
    return new Answer(reader.edits.isEmpty() ? body : reader.edits.toBytes(), usage, null);
  }

  private Usage read() {
    if (json.kind(0) != JsonText.Kind.OBJECT || UpstreamError.in(json, 0) != null) {
      failure = Kind.PROTOCOL;
      return Usage.UNKNOWN;
    }
    if (shape.operation() == Operation.EMBEDDING) {
      if (!Embeddings.normalise(json, shape, edits)) {
        failure = Kind.PROTOCOL;
      }
    } else {
      choices(json.member(0, "choices"));
    }
    int usage = Usages.node(json, 0);
    if (usage < 0) {
      return Usage.UNKNOWN;
    }
    Usages.normalise(json, 0, usage, edits);
    return Usages.read(json, 0, usage);
  }

  private void choices(int choices) {
    if (choices < 0 || json.kind(choices) != JsonText.Kind.ARRAY || json.next(choices) == choices + 1) {
      failure = Kind.PROTOCOL;
      return;
    }
    BitSet seen = new BitSet();
    for (int choice = choices + 1; choice < json.next(choices) && failure == null; choice = json.next(choice)) {
      int index = Choice.index(json, choice, shape.choices());
      if (index < 0 || seen.get(index)) {
        failure = Kind.PROTOCOL;
        return;
      }
      seen.set(index);
      choice(choice);
    }
  }

  private void choice(int choice) {
    boolean chat = shape.operation() == Operation.CHAT;
    int message = json.member(choice, chat ? "message" : "text");
    if (message < 0 || json.kind(message) != (chat ? JsonText.Kind.OBJECT : JsonText.Kind.STRING)) {
      failure = Kind.PROTOCOL;
      return;
    }
    if (chat) {
      Choice.renameReasoning(json, message, edits);
    }
    boolean answer = chat ? Choice.holdsAnswer(json, message) : json.end(message) - json.start(message) > 2;
    boolean content = answer || chat && Choice.reasoning(json, message) >= 0;
    int reason = json.member(choice, "finish_reason");
    if (reason < 0 || json.kind(reason) != JsonText.Kind.STRING) {
      failure = Kind.INCOMPLETE;
      return;
    }
    Kind cut = FinishReason.cut(json, reason);
    if (cut != null && !content) {
      failure = cut;
    } else if (cut != null) {
      edits.replace(reason, "\"length\"");
    } else if (shape.jsonMode() && json.stringEquals(reason, "stop") && !answer) {
      // DeepSeek answers spaces where the model wrote no JSON. "answer" counts blank text as none.
      failure = Kind.PROTOCOL;
    }
  }
}
