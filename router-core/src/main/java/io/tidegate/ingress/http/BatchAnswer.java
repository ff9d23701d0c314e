package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.line.BatchSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Collects a batch's results into one array in the order of the items (R2.1). What it keeps is taken from the budget of bodies (G8). Confined to its
 * loop.
 */
final class BatchAnswer implements BatchSink, Line.Walk {
  private final Intake.Answerer answerer;
  private final BodyBudget budget;
  private final byte @Nullable [][] results;
  /** Places of the items that the line was given, by its numbering. */
  private final int[] places;
  private long taken;
  private Line.@Nullable Walk walk;
  private boolean over;

  /**
   * @param taken what the budget gave for the batch so far
   * @param places where each request of the line's stands among the items
   */
  BatchAnswer(Intake.Answerer answerer, BodyBudget budget, long taken, int items, int[] places) {
    this.answerer = answerer;
    this.budget = budget;
    this.taken = taken;
    this.results = new byte[items][];
    this.places = places;
  }

  /** An item that reached no line. */
  void refusedAtOnce(int place, ErrorAnswer error) {
    put(place, error(place, error, null));
  }

  /** The walk under way; {@code this} stands for it, so that what is kept is given back. */
  Line.Walk walking(Line.Walk begun) {
    walk = begun;
    return this;
  }

  @Override
  public void answered(int item, RouteInfo route, ByteBuf json) {
    int place = places[item];
    byte[] bytes = new byte[json.readableBytes()];
    json.readBytes(bytes);
    json.release();
    try {
      put(place, answer(place, route, JsonText.parse(bytes, JsonLimits.DEFAULT)));
    } catch (JsonException invalid) {
      put(place, error(place, ErrorAnswer.of(Refusal.UPSTREAM_FAILED, "The upstream's answer could not be read."), route));
    }
  }

  @Override
  public void refused(int item, ErrorAnswer error, @Nullable RouteInfo route) {
    put(places[item], error(places[item], error, route));
  }

  @Override
  public void done() {
    if (over) {
      return;
    }
    int length = 2;
    for (byte[] result : results) {
      length += result == null ? 1 : result.length + 1;
    }
    JsonWriter out = new JsonWriter(length, Integer.MAX_VALUE);
    out.beginArray();
    for (byte[] result : results) {
      if (result == null) {
        throw new IllegalStateException("an item without an end");
      }
      out.raw(result);
    }
    end();
    answerer.complete(null, Unpooled.wrappedBuffer(out.endArray().toBytes()));
  }

  @Override
  public void failed(ErrorAnswer error) {
    if (!over) {
      end();
      answerer.refuse(error);
    }
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void cancel() {
    end();
    Line.Walk current = walk;
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public void writable() {
    // Nothing waits for the caller before the whole answer.
  }

  private void end() {
    over = true;
    budget.give(taken);
    taken = 0;
  }

  private void put(int place, byte[] result) {
    if (over) {
      return;
    }
    byte[] kept = result;
    if (!budget.take(kept.length)) {
      // A few hundred bytes in its place, counted or not.
      kept = error(place, Faults.ANSWERS_BUSY, null);
    } else {
      taken += kept.length;
    }
    results[place] = kept;
  }

  private static byte[] answer(int place, RouteInfo route, JsonText json) {
    JsonWriter out = begin(place, 200);
    int usage = json.member(0, "usage");
    out.key("usage");
    if (usage < 0) {
      out.nullValue();
    } else {
      out.raw(json, usage);
    }
    route(out, route);
    return out.key("response").raw(json, 0).endObject().toBytes();
  }

  private static byte[] error(int place, ErrorAnswer error, @Nullable RouteInfo route) {
    JsonWriter out = begin(place, error.httpStatus());
    out.key("usage").nullValue();
    route(out, route);
    out.key("error").beginObject().key("message").string(error.message()).key("type").string(error.refusal().type());
    text(out, "param", error.param());
    out.key("code").string(error.refusal().code());
    int wait = ErrorJson.retryAfterSeconds(error);
    if (wait > 0) {
      out.key("retry_after").number(wait);
    }
    return out.endObject().endObject().toBytes();
  }

  private static JsonWriter begin(int place, int status) {
    return new JsonWriter().beginObject().key("index").number(place).key("status").number(status);
  }

  private static void route(JsonWriter out, @Nullable RouteInfo route) {
    if (route == null) {
      out.key("target").nullValue().key("classification").nullValue();
      return;
    }
    out.key("request_id").string(route.requestId());
    out.key("target");
    if (route.destination() == null) {
      out.nullValue();
    } else {
      out.beginObject().key("destination").string(route.destination().name());
      text(out, "upstream", route.upstream());
      out.endObject();
    }
    out.key("classification").beginObject().key("sensitivity").string(route.sensitivity().name()).key("latency_class")
        .string(route.latencyClass().name()).key("rules").beginArray();
    if (!route.rule().isEmpty()) {
      for (String rule : route.rule().split(",")) {
        out.string(rule);
      }
    }
    out.endArray().key("policy").string(route.policy()).endObject();
    out.key("cache").string(route.cache().name().toLowerCase(Locale.ROOT)).key("attempts").number(route.attempts());
    if (!route.left().isEmpty()) {
      left(out.key("left").beginArray(), route.left());
    }
  }

  /** Why each attempt gave no answer, without its endpoint; tokens where they are known. */
  private static void left(JsonWriter out, List<LeftAttempt> left) {
    for (LeftAttempt each : left) {
      out.beginObject().key("upstream").string(each.upstream()).key("why").string(each.why()).key("ms").number(each.millis());
      if (each.inputTokens() >= 0) {
        out.key("input_tokens").number(each.inputTokens());
      }
      if (each.outputTokens() >= 0) {
        out.key("output_tokens").number(each.outputTokens());
      }
      out.endObject();
    }
    out.endArray();
  }

  private static void text(JsonWriter out, String key, @Nullable String value) {
    out.key(key);
    if (value == null) {
      out.nullValue();
    } else {
      out.string(value);
    }
  }
}
