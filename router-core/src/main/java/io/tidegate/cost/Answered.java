package io.tidegate.cost;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.time.Instant;
import java.util.Optional;

/**
 * One answer, as far as it costs.
 *
 * @param upstream whose answer it is; empty if it came from the edge cache, which does not say
 * @param fromCache no call was made: an earlier answer was given
 * @param shared no call was made: an equal request's was under way
 * @param job it was a job's line
 * @param cachedTokens of the input, those that the upstream's own cache held
 */
public record Answered(String upstream, boolean fromCache, boolean shared, boolean job, long inputTokens, long cachedTokens, long outputTokens, Instant at) {
  /** A line of a job's file of answers; empty for one without an answer or without a count of tokens. */
  public static Optional<Answered> line(JsonText json) {
    int response = json.member(0, "response");
    int body = json.member(response, "body");
    int usage = body < 0 ? -1 : json.member(body, "usage");
    int route = json.member(0, "route");
    if (response < 0 || body < 0 || usage < 0 || route < 0 || json.kind(usage) != Kind.OBJECT) {
      return Optional.empty();
    }
    String cache = text(json, route, "cache");
    long attempts = number(json, route, "attempts");
    boolean fromCache = cache.equals("hit") || cache.equals("stale") || cache.equals("semantic");
    long input = number(json, usage, "prompt_tokens");
    return Optional.of(new Answered(text(json, route, "upstream"), fromCache, !fromCache && attempts == 0, true, input,
        Math.min(input, number(json, json.member(usage, "prompt_tokens_details"), "cached_tokens")), number(json, usage, "completion_tokens"),
        Instant.ofEpochSecond(number(json, body, "created"))));
  }

  private static String text(JsonText json, int object, String key) {
    int node = json.member(object, key);
    return node >= 0 && json.kind(node) == Kind.STRING ? json.string(node) : "";
  }

  private static long number(JsonText json, int object, String key) {
    int node = object < 0 ? -1 : json.member(object, key);
    return node >= 0 && json.kind(node) == Kind.NUMBER ? (long) json.number(node) : 0;
  }
}
