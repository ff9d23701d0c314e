package io.tidegate.upstream.dialect;

import io.tidegate.line.Upstreams.Usage;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.Splices;

/** Reads token counts in every dialect's form. They are the upstream's word: anything but a sensible whole number counts as not said (F6). */
final class Usages {
  /** Above any context there is. */
  private static final double MAX_TOKENS = 1e12;

  private Usages() {}

  /** The {@code usage} member of {@code root} if it is an object, else -1. */
  static int node(JsonText json, int root) {
    int usage = json.member(root, "usage");
    return usage >= 0 && json.kind(usage) == Kind.OBJECT ? usage : -1;
  }

  /** Counts of {@code usage}; {@code timings} of {@code root} (llama.cpp) fill in what it lacks. */
  static Usage read(JsonText json, int root, int usage) {
    return new Usage(count(json, usage, "prompt_tokens"), count(json, usage, "completion_tokens"), cached(json, root, usage),
        count(json, json.member(usage, "completion_tokens_details"), "reasoning_tokens"));
  }

  private static long cached(JsonText json, int root, int usage) {
    long details = count(json, json.member(usage, "prompt_tokens_details"), "cached_tokens");
    if (details >= 0) {
      return details;
    }
    long hit = count(json, usage, "prompt_cache_hit_tokens");
    return hit >= 0 ? hit : count(json, json.member(root, "timings"), "cache_n");
  }

  private static long count(JsonText json, int object, String name) {
    int node = object < 0 ? -1 : json.member(object, name);
    double value = node < 0 ? Double.NaN : json.number(node);
    return value >= 0 && value <= MAX_TOKENS && value == Math.rint(value) ? (long) value : -1;
  }

  /** Puts cached tokens where OpenAI has them, {@code prompt_tokens_details.cached_tokens}, if the dialect says them elsewhere. */
  static void normalise(JsonText json, int root, int usage, Splices edits) {
    int details = json.member(usage, "prompt_tokens_details");
    if (details >= 0 && json.kind(details) == Kind.OBJECT && count(json, details, "cached_tokens") >= 0) {
      return;
    }
    long cached = cached(json, root, usage);
    if (cached < 0) {
      return;
    }
    if (details < 0) {
      edits.add(usage, "prompt_tokens_details", "{\"cached_tokens\":" + cached + "}");
    } else if (json.kind(details) != Kind.OBJECT) {
      edits.replace(details, "{\"cached_tokens\":" + cached + "}");
    } else {
      int node = json.member(details, "cached_tokens");
      if (node < 0) {
        edits.add(details, "cached_tokens", Long.toString(cached));
      } else {
        edits.replace(node, Long.toString(cached));
      }
    }
  }
}
