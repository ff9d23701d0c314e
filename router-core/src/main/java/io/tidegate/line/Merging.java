package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.RouteStep;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Embedding requests that wait a moment to go upstream as one call (R2.5). Merged are only requests of one caller with equal model and parameters, decided
 * alike by one bundle (hazard A5). Each loop merges its own; the maps are confined to their loops.
 */
public final class Merging {
  /** Nothing waits. */
  public static final Merging OFF = new Merging(0, 0);
  /** Source: R2.5. */
  static final int MAX_INPUTS = 64;
  /** Part of its time that a request may wait here. Source: R2.5. */
  private static final int SHARE = 10;

  private final long windowNanos;
  private final List<Map<Key, MergedCall>> waiting = new ArrayList<>();

  /**
   * @param windowNanos longest wait; 0 merges nothing
   * @param loops number of loops
   */
  public Merging(long windowNanos, int loops) {
    this.windowNanos = windowNanos;
    for (int i = 0; i < loops; i++) {
      waiting.add(new HashMap<>());
    }
  }

  /** What must be equal. {@code rest} is the body without its inputs. */
  record Key(Caller caller, String policy, Sensitivity sensitivity, LatencyClass latencyClass, List<RouteStep> steps, boolean durable, String rest) {}

  /** Whether such requests are merged at all. */
  boolean mayTake(ModelRequest request) {
    return windowNanos > 0 && request.operation() == Operation.EMBEDDING;
  }

  /** Has {@code member} wait for others; null if the request goes by itself. */
  @Nullable MergedCall join(Rooms rooms, Admission admission, Decision made, long timeLeft, MergedCall.Member member, Loop loop) {
    ModelRequest request = made.request();
    int inputs = inputs(request.prompt().json());
    if (inputs < 1 || inputs >= MAX_INPUTS) {
      return null;
    }
    long budget = Math.min(timeLeft, rooms.config().firstTokenNanos(made.latencyClass())) / SHARE;
    Key key = new Key(request.caller(), made.policyDigest(), made.sensitivity(), made.latencyClass(), made.steps(), made.auditDurable(),
        rest(request.prompt().json()));
    Map<Key, MergedCall> mine = waiting.get(loop.index());
    MergedCall open = mine.get(key);
    if (open != null && !open.hasRoomFor(inputs)) {
      open.begin();
      open = null;
    }
    if (open == null) {
      MergedCall opened = new MergedCall(rooms, admission, made, loop, () -> mine.remove(key));
      mine.put(key, opened);
      open = opened;
    }
    open.add(member, made, inputs, Math.min(windowNanos, budget));
    return open;
  }

  /** Number of texts in {@code input}; -1 if it holds something else, such as tokens. */
  static int inputs(JsonText json) {
    int input = json.member(0, "input");
    if (json.kind(input) == Kind.STRING) {
      return 1;
    }
    int count = 0;
    for (int text = input + 1; text < json.next(input); text = json.next(text)) {
      if (json.kind(text) != Kind.STRING) {
        return -1;
      }
      count++;
    }
    return count;
  }

  private static String rest(JsonText json) {
    JsonWriter out = new JsonWriter();
    out.beginObject();
    parameters(out, json);
    return new String(out.endObject().toBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Every member but the inputs, as it stands. */
  static void parameters(JsonWriter out, JsonText json) {
    int input = json.member(0, "input");
    for (int key = 1; key < json.next(0); key = json.next(key + 1)) {
      if (key + 1 != input) {
        out.key(json.string(key)).raw(json, key + 1);
      }
    }
  }
}
