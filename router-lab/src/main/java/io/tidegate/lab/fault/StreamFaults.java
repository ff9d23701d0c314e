package io.tidegate.lab.fault;

import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Step;
import io.tidegate.lab.plan.Step.Event;
import io.tidegate.lab.plan.Step.Head;
import io.tidegate.lab.plan.Step.Kind;
import io.tidegate.lab.plan.Step.Pause;
import io.tidegate.lab.plan.Step.Repeat;
import io.tidegate.lab.plan.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Faults in when and how events come. "After n events" counts every event but pings, the role delta included; an answer that is one body
 * counts as cut in its middle for any n above 0.
 */
public final class StreamFaults {
  private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BLANK = {'\n'};

  private StreamFaults() {}

  /** Status and head at once, the first token late. */
  public static Fault slowFirstToken(Duration delay) {
    return Fault.of("slow first token, head at once", plan -> {
      moveHeadFirst(plan);
      plan.steps().add(plan.headIndex() + 1, new Pause(delay.toNanos()));
    });
  }

  /** Nothing, not even a head, for that long. */
  public static Fault slowHead(Duration delay) {
    return Fault.of("slow head", plan -> plan.steps().add(0, new Pause(delay.toNanos())));
  }

  /** Every event late. */
  public static Fault slowEvents(Duration gap) {
    return Fault.of("slow events", plan -> {
      List<Step> steps = new ArrayList<>();
      for (Step step : plan.steps()) {
        if (step instanceof Event) {
          steps.add(new Pause(gap.toNanos()));
        }
        steps.add(step);
      }
      plan.replaceWith(steps);
    });
  }

  /** Silence after so many events, until the client leaves. */
  public static Fault stall(int events) {
    return Fault.of("stall after " + events, plan -> plan.cutAfter(events, new Step.Hang()));
  }

  /** Pings instead of events after so many, until the client leaves. */
  public static Fault stallWithPings(int events, Duration every) {
    return Fault.of("stall with pings after " + events,
        plan -> plan.cutAfter(events, new Repeat(plan.stream() ? COMMENT : BLANK, -1, every.toNanos())));
  }

  /** So many comments (streams) or blank lines (bodies), then the good answer. The length of a body is not announced. */
  public static Fault keepAlive(int lines, Duration every) {
    return Fault.of(lines + " keep-alive lines", plan -> {
      moveHeadFirst(plan);
      int head = plan.headIndex();
      plan.steps().set(head, new Head(200, ((Head) plan.steps().get(head)).fields(), -1));
      plan.steps().add(head + 1, new Repeat(plan.stream() ? COMMENT : BLANK, lines, every.toNanos()));
    });
  }

  /** Keep-alive lines for that long, then the connection closes: DeepSeek when computing has not begun in time. */
  public static Fault keepAliveThenClose(int lines, Duration every) {
    return Fault.of("keep-alive, then close", plan -> {
      moveHeadFirst(plan);
      int head = plan.headIndex();
      plan.steps().set(head, new Head(200, ((Head) plan.steps().get(head)).fields(), -1));
      plan.cutAt(head + 1, new Repeat(plan.stream() ? COMMENT : BLANK, lines, every.toNanos()), new Step.Last(Wire::disconnect));
    });
  }

  /** Stops in the middle of the piece after so many events; then FIN (HTTP/2: END_STREAM). */
  public static Fault cut(int events, Wire.Cut where) {
    return Fault.of("cut in " + where + " after " + events, plan -> {
      int at = plan.indexAfter(events);
      if (where == Wire.Cut.CODE_POINT) {
        at = nextWithLongCharacter(plan, at);
      }
      byte[] piece = plan.steps().get(at) instanceof Event event ? event.bytes() : "data: {\"·".getBytes(StandardCharsets.UTF_8);
      plan.cutAt(at, new Step.Half(piece, where), new Step.Last(Wire::stop));
    });
  }

  private static int nextWithLongCharacter(Plan plan, int from) {
    for (int i = from; i < plan.steps().size(); i++) {
      if (plan.steps().get(i) instanceof Event event) {
        for (byte one : event.bytes()) {
          if (one < 0) {
            return i;
          }
        }
      }
    }
    return from;
  }

  /** A clean framing end after so many events, without finish or {@code [DONE]}. */
  public static Fault endAfter(int events) {
    return Fault.of("end after " + events, plan -> plan.cutAfter(events, Step.end()));
  }

  /** Everything but {@code [DONE]}. */
  public static Fault noDone() {
    return Fault.of("no [DONE]", plan -> plan.steps().removeIf(step -> step instanceof Event event && event.kind() == Kind.DONE));
  }

  /** No chunk with a finish reason, but {@code [DONE]}. */
  public static Fault noFinish() {
    return Fault.of("no finish", plan -> plan.steps().removeIf(step -> step instanceof Event event && event.kind() == Kind.FINISH));
  }

  /** Another event after {@code [DONE]} (a body is followed by more bytes than announced). */
  public static Fault dataAfterDone() {
    return Fault.of("data after [DONE]", plan -> {
      byte[] more = "data: {\"id\":\"chatcmpl-late\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"emulated\",\"choices\":[]}\n\n".getBytes(StandardCharsets.UTF_8);
      plan.steps().add(plan.steps().size() - 1, new Event(Kind.OTHER, more));
    });
  }

  /** The dialect's own way to fail after so many events. */
  public static Fault failInStream(int events) {
    return Fault.of("fault after " + events, plan -> {
      plan.cutAfter(events);
      for (byte[] piece : plan.errors().inStream()) {
        plan.steps().add(new Event(Kind.ERROR, piece));
      }
      plan.steps().add(Step.end());
    });
  }

  /** One line of that many bytes that never ends, in place of the third event or of the body. */
  public static Fault endlessLine(long bytes) {
    return Fault.of("a line of " + bytes + " bytes", plan -> {
      int at = plan.stream() ? plan.indexAfter(2) : plan.indexAfter(0);
      openLength(plan);
      byte[] start = (plan.stream() ? "data: {\"id\":\"" : "{\"id\":\"").getBytes(StandardCharsets.US_ASCII);
      byte[] filler = "x".repeat(16 * 1024).getBytes(StandardCharsets.US_ASCII);
      plan.cutAt(at, new Event(Kind.OTHER, start), new Repeat(filler, (bytes + filler.length - 1) / filler.length, 0), Step.end());
    });
  }

  /** So many empty deltas before the content. */
  public static Fault emptyDeltas(long count) {
    return Fault.of(count + " empty deltas", plan -> {
      byte[] delta = "data: {\"id\":\"chatcmpl-e\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"emulated\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":null}]}\n\n".getBytes(StandardCharsets.UTF_8);
      plan.steps().add(plan.indexAfter(1), new Repeat(delta, count, 0));
    });
  }

  /** How usage goes wrong. */
  public enum UsageFault { TWICE, EVERY_CHUNK, FALLING }

  /** Usage, asked for or not, more than once. The last one says 10 + 20 tokens in every case. */
  public static Fault usage(UsageFault how) {
    return Fault.of("usage " + how, plan -> {
      plan.steps().removeIf(step -> step instanceof Event event && event.kind() == Kind.USAGE);
      if (how == UsageFault.EVERY_CHUNK) {
        for (int i = 0, tokens = 1; i < plan.steps().size(); i++) {
          if (plan.steps().get(i) instanceof Event event && event.kind() == Kind.CONTENT) {
            String text = new String(event.bytes(), StandardCharsets.UTF_8);
            String changed = text.substring(0, text.lastIndexOf('}')) + "," + usage(10, tokens++) + "}\n\n";
            plan.steps().set(i, new Event(Kind.CONTENT, changed.getBytes(StandardCharsets.UTF_8)));
          }
        }
      }
      int at = plan.indexOf(Kind.DONE) < 0 ? plan.steps().size() - 1 : plan.indexOf(Kind.DONE);
      if (how != UsageFault.EVERY_CHUNK) {
        plan.steps().add(at++, usageEvent(10, how == UsageFault.FALLING ? 500 : 20));
      }
      plan.steps().add(at, usageEvent(10, 20));
    });
  }

  private static Event usageEvent(int prompt, int completion) {
    String text = "data: {\"id\":\"\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"emulated\",\"choices\":[],"
        + usage(prompt, completion) + "}\n\n";
    return new Event(Kind.USAGE, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String usage(int prompt, int completion) {
    return "\"usage\":{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":" + completion + ",\"total_tokens\":" + (prompt + completion) + "}";
  }

  /** Unusual but lawful (or nearly lawful) ways to write an event stream. */
  public enum Oddity { ID, RETRY, EVENT, CR_ONLY, CRLF, BOM, TWO_DATA_LINES, NO_SPACE, COMMENT_BETWEEN }

  /** The good answer in an unusual spelling, all events of it. */
  public static Fault spelling(Oddity oddity) {
    return Fault.of("sse " + oddity, plan -> {
      boolean first = true;
      for (int i = 0; i < plan.steps().size(); i++) {
        if (plan.steps().get(i) instanceof Event event && event.kind() != Kind.PING) {
          String text = respell(oddity, new String(event.bytes(), StandardCharsets.UTF_8), first);
          plan.steps().set(i, new Event(event.kind(), text.getBytes(StandardCharsets.UTF_8)));
          first = false;
        }
      }
    });
  }

  private static String respell(Oddity oddity, String event, boolean first) {
    return switch (oddity) {
      case ID -> "id: 7\n" + event;
      case RETRY -> "retry: 1000\n" + event;
      case EVENT -> "event: message\n" + event;
      case CR_ONLY -> event.replace('\n', '\r');
      case CRLF -> event.replace("\n", "\r\n");
      case BOM -> first ? '\ufeff' + event : event;
      // A line end is white space to JSON; [DONE] has no place for one.
      case TWO_DATA_LINES -> event.startsWith("data: {") ? "data: {\ndata: " + event.substring("data: {".length()) : event;
      case NO_SPACE -> event.replaceFirst("data: ", "data:");
      case COMMENT_BETWEEN -> ": between\n" + event + ":\n\n";
    };
  }

  private static void moveHeadFirst(Plan plan) {
    Step head = plan.steps().remove(plan.headIndex());
    plan.steps().add(0, head);
  }

  private static void openLength(Plan plan) {
    int head = plan.headIndex();
    plan.steps().set(head, new Head(200, ((Head) plan.steps().get(head)).fields(), -1));
  }
}
