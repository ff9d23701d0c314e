package io.tidegate.jobs;

import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job whose lines are being read or asked: what of it is in memory. Confined to the jobs' thread. */
final class OpenJob {
  /** Lines that are read together for what spans them, and those before and after that are read with them. */
  private static final int SLICE = 64;
  private static final int SLICE_BYTES = 4 << 20;
  private static final int BESIDE = 3;
  private static final long FIRST_PAUSE = 250_000_000L;
  private static final long LONGEST_PAUSE = 30_000_000_000L;

  final JobLedger ledger;
  final Journal journal;
  final LineIndex index;
  final Map<Integer, Asker.Asked> underWay = new HashMap<>();
  private final Map<Integer, Integer> tries = new HashMap<>();
  private @Nullable Release release;
  private @Nullable Object @Nullable [] around;
  /** For each slice, by which of the {@link #policies} so far it was read; 0 for none. */
  private int @Nullable [] readBy;
  private @Nullable Object newest;
  private int policies;
  private int slice = SLICE;
  private long pause;
  private long pausedUntil;
  /** A line was asked after a pause, to see. */
  private boolean probing;
  private boolean held;
  /** Its lines have their ends, or will have none: the files of answers are to be written. */
  JobState.@Nullable Event ending;

  OpenJob(JobLedger ledger, Journal journal, LineIndex index) {
    this.ledger = ledger;
    this.journal = journal;
    this.index = index;
  }

  /** The file is read. */
  void indexed() {
    release = new Release(index.order(), ledger::ended);
    slice = Math.max(4, Math.min(SLICE, SLICE_BYTES / Math.max(1, index.longest())));
    around = new Object[index.lines()];
    readBy = new int[index.lines() / slice + 1];
  }

  @Nullable Release release() {
    return release;
  }

  /** Whether a line may be asked now. A job that had to wait goes on with one. */
  boolean ready(long nowNanos) {
    return release != null && ending == null && !held && ledger.state() == JobState.IN_PROGRESS && release.waiting() > 0
        && (pause == 0 || nowNanos - pausedUntil >= 0 && underWay.isEmpty());
  }

  /** A line is asked. */
  void asked() {
    probing = pause > 0;
  }

  /** A line could not be asked. All that were under way when a pause began count as one; the next one is longer if what was asked after this one fails. */
  void pause(long nowNanos) {
    if (pause == 0) {
      pause = FIRST_PAUSE;
    } else if (probing) {
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    }
    probing = false;
    pausedUntil = nowNanos + pause;
  }

  void answered() {
    pause = 0;
  }

  /** The disk failed: no line is begun until {@link #goOn}. False if it was held already. */
  boolean hold() {
    boolean was = held;
    held = true;
    return !was;
  }

  void goOn() {
    held = false;
  }

  boolean held() {
    return held;
  }

  /** How often this line's asking has failed, with this one. */
  int failedAgain(int line) {
    return tries.merge(line, 1, Integer::sum);
  }

  void over(int line) {
    tries.remove(line);
  }

  /** What the line says with its neighbours, by {@code rules}. Of earlier ones none is kept: a job may outlive many. */
  @Nullable Object around(int line, Object rules, Asker asker) throws IOException {
    @Nullable Object[] known = around;
    int[] read = readBy;
    if (known == null || read == null) {
      throw new IllegalStateException("the file is not read yet");
    }
    int which = line / slice;
    if (newest != rules) {
      newest = rules;
      policies++;
    }
    if (read[which] != policies) {
      int from = which * slice;
      int to = Math.min(index.lines(), from + slice);
      int first = Math.max(0, from - BESIDE);
      List<byte[]> bodies = new ArrayList<>();
      for (int i = first; i < Math.min(index.lines(), to + BESIDE); i++) {
        bodies.add(body(index.text(i)).bytes());
      }
      List<@Nullable Object> said = asker.around(rules, bodies);
      for (int i = from; i < to; i++) {
        known[i] = said.get(i - first);
      }
      read[which] = policies;
    }
    return known[line];
  }

  /** What a line asks. */
  record Line(String customId, byte[] bytes) {}

  /** The file is not what it was when it was read first: no disk that is well again helps. */
  static final class Changed extends IOException {
    private static final long serialVersionUID = 1;

    Changed() {
      super("the file of lines is not what it was");
    }
  }

  static Line body(byte[] text) throws Changed {
    JsonText json = JsonParts.object(text);
    String id = json == null ? null : JsonParts.text(json, "custom_id");
    int body = json == null ? -1 : json.member(0, "body");
    if (json == null || id == null || body < 0) {
      throw new Changed();
    }
    return new Line(id, JsonParts.bytes(json, body));
  }

  void close() {
    index.close();
    journal.close();
  }
}
