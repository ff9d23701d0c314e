package io.tidegate.embed;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Decision;
import io.tidegate.line.UnreadAnswer;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A private upstream's embeddings. The question goes the line's own way, as a request of its own that is declared RESTRICTED: callers may raise a class, so
 * whatever the policy says, the decision opens PRIVATE at most, the clearance is for PRIVATE, and the answer is never cached (G1). It waits in no queue for
 * longer than its deadline. A decision that does not open PRIVATE for the request itself opens nothing here.
 */
final class UpstreamEncoder implements Encoder {
  private final Terms terms;
  private volatile @Nullable Way line;

  /**
   * @param model as the upstream's entry names it
   * @param maxTokens that it reads; where it counts as many, it may have cut the text
   */
  record Terms(String model, int maxTokens, long deadlineNanos) {}

  UpstreamEncoder(Terms terms) {
    this.terms = terms;
  }

  /** Once, before the first question. */
  void connect(Way line) {
    this.line = line;
  }

  @Override
  public void encode(Decision decision, String text, Loop loop, Consumer<@Nullable Encoded> done) {
    Way way = line;
    if (way == null || !decision.opens(Zone.PRIVATE)) {
      done.accept(null);
      return;
    }
    ModelRequest of = decision.request();
    JsonWriter body = new JsonWriter();
    body.beginObject().key("model").string(terms.model).key("input").string(text).key("encoding_format").string("float").endObject();
    JsonText json;
    try {
      json = JsonText.parse(body.toBytes(), JsonLimits.DEFAULT);
    } catch (JsonException impossible) {
      throw new IllegalStateException("written by JsonWriter");
    }
    loop.execute(() -> way.walk(new ModelRequest(of.id() + "-embed", Operation.EMBEDDING, new Prompt(json), terms.model, false, false, false, of.caller(),
        Sensitivity.RESTRICTED, decision.latencyClass(), terms.deadlineNanos, CacheDirective.NO_STORE, loop.nanos(), null,
        Sensitivity.PUBLIC, of.region()), new Reply(done), loop));
  }

  private final class Reply extends UnreadAnswer {
    private final Consumer<@Nullable Encoded> done;

    Reply(Consumer<@Nullable Encoded> done) {
      this.done = done;
    }

    @Override
    public void complete(RouteInfo route, ByteBuf json) {
      byte[] bytes = new byte[json.readableBytes()];
      json.readBytes(bytes);
      json.release();
      // By the line's own word: an answer from elsewhere would be a defect.
      done.accept(route.destination() == Destination.PRIVATE ? vector(bytes) : null);
    }

    @Override
    protected void over(boolean answered) {
      done.accept(null);
    }
  }

  private @Nullable Encoded vector(byte[] answer) {
    try {
      JsonText json = JsonText.parse(answer, JsonLimits.DEFAULT);
      int usage = json.member(0, "usage");
      int tokens = usage < 0 ? -1 : json.member(usage, "prompt_tokens");
      if (tokens >= 0 && !(json.number(tokens) < terms.maxTokens)) {
        return null;
      }
      int data = json.member(0, "data");
      int list = data < 0 || json.kind(data) != Kind.ARRAY || json.next(data) == data + 1 ? -1 : json.member(data + 1, "embedding");
      if (list < 0 || json.kind(list) != Kind.ARRAY) {
        return null;
      }
      float[] vector = new float[json.next(list) - list - 1];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) json.number(list + 1 + i);
      }
      return Vectors.normalise(vector) ? new Encoded(vector, 0) : null;
    } catch (JsonException | IndexOutOfBoundsException unusable) {
      return null;
    }
  }
}
