package io.tidegate.line;

import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.ModelRequest;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Whether an answer that came whole is one to give again (hazards C3, C5): not if its origin filtered it, nor if it ended for a reason nobody knows,
 * nor at a length that is not the caller's own bound: dialects say {@code length} of what an upstream cut. Looks for {@code "finish_reason"} in JSON or in frames of a stream; inside of a string its quotes would be
 * escaped, so text cannot pass for it.
 */
final class Finish {
  private static final byte[] MEMBER = "\"finish_reason\"".getBytes(StandardCharsets.UTF_8);
  private static final Set<String> WHOLE = Set.of("stop", "tool_calls", "function_call");
  private static final int LONGEST = 32;

  private Finish() {}

  static boolean isWhole(byte[] answer, ModelRequest request, Usage usage) {
    for (int at = find(answer, 0); at >= 0; at = find(answer, at)) {
      int from = skip(answer, at);
      if (from >= answer.length || answer[from] == 'n') {
        continue;
      }
      int end = from + 1;
      while (end < answer.length && answer[end] != '"' && end - from <= LONGEST) {
        end++;
      }
      String reason = answer[from] == '"' ? new String(answer, from + 1, end - from - 1, StandardCharsets.UTF_8) : "";
      if (!WHOLE.contains(reason) && !(reason.equals("length") && reached(request.prompt().json(), usage.outputTokens()))) {
        return false;
      }
    }
    return true;
  }

  /** To the value of a member, past colon and space. */
  private static int skip(byte[] answer, int from) {
    int at = from;
    while (at < answer.length && (answer[at] == ':' || answer[at] == ' ' || answer[at] == '\t' || answer[at] == '\n' || answer[at] == '\r')) {
      at++;
    }
    return at;
  }

  /** Whether so many tokens are what the caller would have at most. */
  private static boolean reached(JsonText body, long outputTokens) {
    int bound = body.member(0, "max_completion_tokens");
    if (bound < 0) {
      bound = body.member(0, "max_tokens");
    }
    return bound >= 0 && body.kind(bound) == JsonText.Kind.NUMBER && outputTokens >= body.number(bound);
  }

  /** The index after the next member's name; -1 if there is none. */
  private static int find(byte[] in, int from) {
    outer:
    for (int i = from; i <= in.length - MEMBER.length; i++) {
      for (int j = 0; j < MEMBER.length; j++) {
        if (in[i + j] != MEMBER[j]) {
          continue outer;
        }
      }
      return i + MEMBER.length;
    }
    return -1;
  }
}
