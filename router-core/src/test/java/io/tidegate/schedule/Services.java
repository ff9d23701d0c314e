package io.tidegate.schedule;

import static io.tidegate.schedule.Attempted.What.ANSWER;
import static io.tidegate.schedule.Attempted.What.CONTENT;
import static io.tidegate.schedule.Attempted.What.END;
import static io.tidegate.schedule.Attempted.What.NO_CONTENT;
import static io.tidegate.schedule.Attempted.What.SILENCE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.time.Loop;
import io.tidegate.upstream.gate.GateQuestion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The model services: each endpoint behaves, for a while, as its last event said; behind the gate's own last question. */
final class Services implements Upstreams {
  /** The faults an endpoint can have; all but these behave. */
  static final List<String> FAULTS = List.of("refused", "connect-timeout", "tls", "pool-full", "refused-stream", "refused-at-once", "reset", "reset-held",
      "reset-after", "mute", "stalls-held", "stalls-after", "drips", "limited", "limited-long", "busy", "busy-long", "loading", "account", "server-error",
      "rejected", "protocol", "protocol-after", "oversized", "incomplete", "slow");

  final List<Attempted> sent = new ArrayList<>();
  private final Map<String, Upstream> configured = new HashMap<>();
  private final Map<String, Mode> modes = new HashMap<>();
  private final List<ByteBuf> made = new ArrayList<>();
  private final Map<String, Asked> known;
  private final Watch watch;
  private final VirtualLoops loops;
  private final long seed;

  private record Mode(String fault, long untilNanos) {}

  Services(Map<String, Asked> known, Watch watch, VirtualLoops loops, long seed) {
    this.loops = loops;
    this.known = known;
    this.watch = watch;
    this.seed = seed;
    Setting.upstreams().forEach(upstream -> configured.put(upstream.name(), upstream));
  }

  void fault(String endpoint, String fault, long untilNanos) {
    modes.put(endpoint, new Mode(fault, untilNanos));
  }

  /** Whether it would answer now. */
  boolean isWell(Endpoint endpoint) {
    Mode mode = modes.get(endpoint.id());
    return mode == null || loops.nanos() >= mode.untilNanos();
  }

  /** Every connection to an endpoint is reset. */
  void cut(String endpoint) {
    sent.stream().filter(attempt -> attempt.endpoint.id().equals(endpoint)).forEach(Attempted::cut);
  }

  Loop.Timer later(Loop loop, Runnable task, long nanos) {
    return loops.later(loop, task, nanos);
  }

  ByteBuf bytes(String text) {
    ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    made.add(buffer);
    return buffer;
  }

  long leaks() {
    return made.stream().filter(buffer -> buffer.refCnt() != 0).count();
  }

  @Override
  public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream, boolean usageAsked,
      Loop loop, AttemptEvents events) {
    Asked asked = known.get(clearance.requestId());
    Upstream upstream = configured.get(endpoint.upstream());
    if (asked == null || upstream == null) {
      throw new AssertionError("an attempt for nobody, or nowhere");
    }
    String body = StandardCharsets.UTF_8.decode(clearance.buffer()).toString();
    Attempted attempt = new Attempted(this, sent.size(), asked, endpoint, !body.contains(asked.text), times, loop, events);
    Kind objection = GateQuestion.objection(clearance, upstream, endpoint, receipt);
    watch.sends(attempt, body, receipt, objection);
    sent.add(attempt);
    asked.attempts.add(attempt);
    if (objection != null) {
      attempt.fails(0, AttemptFailure.of(objection)).begin();
      return attempt;
    }
    Mode mode = modes.get(endpoint.id());
    String fault = mode != null && loop.nanos() < mode.untilNanos() ? mode.fault() : "";
    if (fault.equals("refused-at-once")) {
      attempt.failNow(Kind.CONNECT_REFUSED);
      return attempt;
    }
    script(attempt, fault, stream);
    attempt.begin();
    return attempt;
  }

  /** Draws from the request's and the attempt's own numbers, so that it does not hang on what else is played. */
  private int draw(Attempted attempt, int salt, int bound) {
    long mixed = (seed * 31 + attempt.asked.id().hashCode()) * 0x9E3779B97F4A7C15L + attempt.asked.attempts.size() * 0xBF58476D1CE4E5B9L + salt * 0x94D049BB133111EBL;
    mixed ^= mixed >>> 29;
    return Math.floorMod(mixed * 0xBF58476D1CE4E5B9L >>> 20, bound);
  }

  private void script(Attempted attempt, String fault, boolean stream) {
    int after = 1 + draw(attempt, 1, 3);
    switch (fault) {
      case "refused" -> attempt.fails(1, AttemptFailure.of(Kind.CONNECT_REFUSED));
      case "connect-timeout" -> attempt.fails(1_000, AttemptFailure.of(Kind.CONNECT_TIMEOUT));
      case "tls" -> attempt.fails(20, AttemptFailure.of(Kind.TLS));
      case "pool-full" -> attempt.fails(0, AttemptFailure.of(Kind.POOL_FULL));
      case "refused-stream" -> attempt.fails(2, AttemptFailure.of(Kind.REFUSED_STREAM));
      case "reset" -> attempt.fails(10, AttemptFailure.of(Kind.RESET));
      case "mute" -> attempt.then(0, SILENCE, "");
      case "limited" -> attempt.fails(5, new AttemptFailure(Kind.RATE_LIMITED, 429, false, 1_000, null));
      case "limited-long" -> attempt.fails(5, new AttemptFailure(Kind.RATE_LIMITED, 429, false, 60_000, null));
      case "busy" -> attempt.fails(5, new AttemptFailure(Kind.BUSY, 503, false, 0, null));
      case "busy-long" -> attempt.fails(5, new AttemptFailure(Kind.BUSY, 503, false, 10_000, null));
      case "loading" -> attempt.fails(5, new AttemptFailure(Kind.LOADING, 503, false, 0, null));
      case "account" -> attempt.fails(5, new AttemptFailure(Kind.ACCOUNT, 402, false, 0, null));
      case "server-error" -> attempt.fails(5, new AttemptFailure(Kind.SERVER_ERROR, 500, false, 0, null));
      case "rejected" -> attempt.fails(5, new AttemptFailure(Kind.REQUEST_REJECTED, 400, false, 0, "not valid: '" + attempt.asked.text + "'"));
      // Blank JSON, an error inside 200, an empty 200, HTML: a dialect calls all of them this.
      case "protocol" -> attempt.fails(30, new AttemptFailure(Kind.PROTOCOL, 200, false, 0, null));
      case "oversized" -> attempt.fails(30, AttemptFailure.of(Kind.OVERSIZED));
      case "slow" -> answer(attempt, stream, 40, 8, 700);
      case "reset-held", "reset-after", "stalls-held", "stalls-after", "protocol-after", "incomplete", "drips" -> {
        if (stream) {
          spoiled(attempt, fault, after);
        } else if (fault.equals("drips") || fault.startsWith("stalls")) {
          attempt.then(0, SILENCE, "");
        } else {
          attempt.fails(100, AttemptFailure.of(Kind.RESET));
        }
      }
      default -> answer(attempt, stream, 2 + draw(attempt, 2, 400), 1 + draw(attempt, 3, 5), 1 + draw(attempt, 4, 150));
    }
  }

  private void spoiled(Attempted attempt, String fault, int after) {
    attempt.then(5, NO_CONTENT, chunk(attempt, "", false));
    if (fault.endsWith("-held")) {
      attempt.then(5, NO_CONTENT, chunk(attempt, "", false));
    } else {
      for (int i = 0; i < after; i++) {
        attempt.then(20, CONTENT, chunk(attempt, token(attempt, "" + i), false));
      }
    }
    switch (fault) {
      case "stalls-held", "stalls-after" -> attempt.then(0, SILENCE, "");
      case "protocol-after" -> attempt.fails(5, AttemptFailure.of(Kind.PROTOCOL));
      case "incomplete" -> attempt.fails(5, AttemptFailure.of(Kind.INCOMPLETE));
      case "drips" -> {
        for (int i = after; i < 200; i++) {
          attempt.then(900, CONTENT, chunk(attempt, token(attempt, "" + i), false));
        }
        attempt.then(0, SILENCE, "");
      }
      default -> attempt.fails(5, AttemptFailure.of(Kind.RESET));
    }
  }

  private void answer(Attempted attempt, boolean stream, int firstMillis, int pieces, int gapMillis) {
    if (!stream) {
      attempt.then(firstMillis + (long) pieces * gapMillis, ANSWER, "{\"id\":\"a\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
          + token(attempt, "0") + token(attempt, "end") + "\"},\"finish_reason\":\"stop\"}]}");
      return;
    }
    attempt.then(1, NO_CONTENT, chunk(attempt, "", false));
    for (int i = 0; i < pieces; i++) {
      attempt.then(i == 0 ? firstMillis : gapMillis, CONTENT, chunk(attempt, token(attempt, "" + i), false));
    }
    attempt.then(gapMillis, CONTENT, chunk(attempt, token(attempt, "end"), true)).then(0, END, "");
  }

  private static String token(Attempted attempt, String which) {
    return "<" + attempt.number + "." + which + ">";
  }

  private static String chunk(Attempted attempt, String content, boolean last) {
    return "data: {\"id\":\"a" + attempt.number + "\",\"choices\":[{\"index\":0,\"delta\":{" + (content.isEmpty() ? "\"role\":\"assistant\"" : "\"content\":\"" + content + "\"")
        + "},\"finish_reason\":" + (last ? "\"stop\"" : "null") + "}]}\n\n";
  }
}
