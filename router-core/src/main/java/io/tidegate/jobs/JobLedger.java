package io.tidegate.jobs;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One job as its journal tells it: who made it, the states it went through, which lines have their end. The first record of a line counts; a second
 * would be a defect and changes nothing, so that no line can stand twice in the files of answers. Confined to the jobs' thread.
 */
final class JobLedger {
  private static final byte MADE = 'J';
  private static final byte STATE = 'S';
  private static final byte LINE = 'L';
  private static final byte COUNTS = 'C';

  private final Map<JobState, Long> since = new EnumMap<>(JobState.class);
  private final BitSet ended = new BitSet();
  private @Nullable JobRecord made;
  private JobState state = JobState.VALIDATING;
  private int total = -1;
  private int completed;
  private int failed;
  private String errors = "null";

  // Records

  static byte[] madeRecord(JobRecord job) {
    return tagged(MADE, job.toJson());
  }

  /** @param total number of lines, -1 if it is not known yet; {@code errors} a JSON array, or null */
  static byte[] stateRecord(JobState to, long atSeconds, int total, String errors) {
    return tagged(STATE, new JsonWriter().beginObject().key("to").string(to.name()).key("at").number(atSeconds).key("total").number(total).key("errors")
        .raw(errors.getBytes(StandardCharsets.UTF_8)).endObject().toBytes());
  }

  /** @param good whether {@code json}, the whole line of a file of answers, belongs into the file of good ones */
  static byte[] lineRecord(int line, boolean good, byte[] json) {
    byte[] head = (line + (good ? " 1 " : " 0 ")).getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + json.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(json, 0, all, head.length, json.length);
    return tagged(LINE, all);
  }

  private static byte[] tagged(byte tag, byte[] rest) {
    byte[] out = new byte[rest.length + 1];
    out[0] = tag;
    System.arraycopy(rest, 0, out, 1, rest.length);
    return out;
  }

  /** Takes one record, {@code bytes[from, to)}; what it does not understand is passed over. */
  void apply(byte[] bytes, int from, int to) {
    switch (bytes[from]) {
      case MADE -> {
        JsonText json = JsonParts.object(JsonParts.copy(bytes, from + 1, to));
        if (json != null && made == null) {
          made = JobRecord.of(json);
          since.put(JobState.VALIDATING, made.createdSeconds());
        }
      }
      case STATE -> {
        JsonText json = JsonParts.object(JsonParts.copy(bytes, from + 1, to));
        if (json != null) {
          state(json);
        }
      }
      case LINE -> line(bytes, from, to, null);
      case COUNTS -> counts(bytes, from, to);
      default -> { }
    }
  }

  void apply(byte[] record) {
    apply(record, 0, record.length);
  }

  private void state(JsonText json) {
    state = JobState.valueOf(json.string(json.member(0, "to")));
    since.put(state, (long) json.number(json.member(0, "at")));
    total = Math.max(total, (int) json.number(json.member(0, "total")));
    errors = JsonParts.raw(json, json.member(0, "errors"));
  }

  /** Takes lines of files of answers. */
  interface Answers {
    void line(boolean good, byte[] bytes, int from, int to) throws java.io.IOException;
  }

  /** Where the line's answer begins, if this is its first record; noted in {@code seen}, or as this job's own. */
  private @Nullable Found line(byte[] bytes, int from, int to, @Nullable BitSet seen) {
    int at = from + 1;
    int line = 0;
    while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
      line = line * 10 + bytes[at++] - '0';
    }
    boolean good = bytes[at + 1] == '1';
    BitSet known = seen == null ? ended : seen;
    if (known.get(line)) {
      return null;
    }
    known.set(line);
    if (seen == null) {
      if (good) {
        completed++;
      } else {
        failed++;
      }
    }
    return new Found(good, at + 3);
  }

  private record Found(boolean good, int start) {}

  /** Passes on each line's answer once, from a journal read anew. */
  static Frames.Reader answers(Answers out) {
    BitSet seen = new BitSet();
    JobLedger none = new JobLedger();
    return (bytes, from, to) -> {
      Found found = bytes[from] == LINE ? none.line(bytes, from, to, seen) : null;
      if (found != null) {
        out.line(found.good(), bytes, found.start(), to);
      }
    };
  }

  /** The records of this job without its lines, and how many of them there were. */
  List<byte[]> summary() {
    List<byte[]> out = new ArrayList<>();
    out.add(madeRecord(job()));
    since.entrySet().stream().filter(entry -> entry.getKey() != JobState.VALIDATING && entry.getKey() != state)
        .forEach(entry -> out.add(stateRecord(entry.getKey(), entry.getValue(), total, "null")));
    out.add(stateRecord(state, since.getOrDefault(state, 0L), total, errors));
    out.add(tagged(COUNTS, (completed + " " + failed).getBytes(StandardCharsets.US_ASCII)));
    return out;
  }

  /** Counts of a shortened journal. */
  private void counts(byte[] bytes, int from, int to) {
    String[] both = new String(bytes, from + 1, to - from - 1, StandardCharsets.US_ASCII).split(" ");
    completed = Integer.parseInt(both[0]);
    failed = Integer.parseInt(both[1]);
  }

  // What it says

  boolean isMade() {
    return made != null;
  }

  JobRecord job() {
    JobRecord job = made;
    if (job == null) {
      throw new IllegalStateException("a journal without its beginning");
    }
    return job;
  }

  JobState state() {
    return state;
  }

  /** Number of lines; -1 before it is known. */
  int total() {
    return total;
  }

  int completed() {
    return completed;
  }

  int failed() {
    return failed;
  }

  /** JSON array of what is wrong with the file, or {@code null}. */
  String errors() {
    return errors;
  }

  boolean ended(int line) {
    return ended.get(line);
  }

  /** Lines that have their end. */
  int endedLines() {
    return ended.cardinality();
  }

  /** When it came into a state, seconds since 1970; 0 if it never did. */
  long since(JobState which) {
    return since.getOrDefault(which, 0L);
  }
}
