package io.tidegate.cli;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditReader.Span;
import io.tidegate.audit.AuditRecord;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.cost.Answered;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.RouteInfo.CacheOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What answers in decision records cost: of all traffic, jobs' lines among it. An answer that took no call has no tokens of its own in its
 * record; it is given those of the call whose body had the same digest, where that is recorded too.
 */
final class RecordedAnswers {
  /** Bodies, and answers without a call, that are kept in mind. Those beyond are left out, which the report says. */
  private static final int MOST = 500_000;

  /** Digests of bodies, by the requests that are not over where the reader stands. */
  private final Map<String, Long> under = new HashMap<>();
  private final Map<Long, Usage> known = new HashMap<>();
  private final List<Free> free = new ArrayList<>();
  private final Consumer<Answered> to;
  private long leftOut;

  /** An answer without a call of its own. */
  private record Free(long body, boolean fromCache, Instant at) {}

  private RecordedAnswers(Consumer<Answered> to) {
    this.to = to;
  }

  /**
   * @return answers of which no tokens are known
   * @throws IOException if records cannot be read; what was readable before was handed over
   */
  static long read(Path directory, Span span, Consumer<Answered> to) throws IOException {
    RecordedAnswers answers = new RecordedAnswers(to);
    try {
      AuditReader.read(directory, span, answers::take);
    } finally {
      answers.free.forEach(answers::price);
    }
    return answers.leftOut;
  }

  private void take(AuditRecord record) {
    if (record instanceof Decided decided) {
      if (under.size() < MOST && decided.bodyDigest().length() >= 16) {
        under.put(decided.requestId(), Long.parseUnsignedLong(decided.bodyDigest().substring(0, 16), 16));
      }
    } else {
      ended((Ended) record);
    }
  }

  private void ended(Ended ended) {
    Long body = under.remove(ended.requestId());
    if (ended.destination() == null || !ended.refusal().isEmpty()) {
      return;
    }
    Usage usage = ended.usage();
    if (usage.inputTokens() >= 0 || usage.outputTokens() >= 0) {
      if (body != null && known.size() < MOST) {
        known.put(body, usage);
      }
      add(ended.upstream(), false, false, usage, ended.time());
      return;
    }
    boolean fromCache = ended.destination() == Destination.EDGE_CACHE;
    boolean shared = !fromCache && ended.attempts() == 0;
    // A semantic hit answers another text than its own.
    if ((fromCache && ended.cache() != CacheOutcome.SEMANTIC || shared) && body != null && free.size() < MOST) {
      free.add(new Free(body, fromCache, ended.time()));
    } else {
      leftOut++;
    }
  }

  private void price(Free answer) {
    Usage usage = known.get(answer.body);
    if (usage == null) {
      leftOut++;
    } else {
      add("", answer.fromCache, !answer.fromCache, usage, answer.at);
    }
  }

  private void add(String upstream, boolean fromCache, boolean shared, Usage usage, Instant at) {
    long input = Math.max(0, usage.inputTokens());
    long hit = Math.min(input, Math.max(0, usage.cachedTokens()));
    to.accept(new Answered(upstream, fromCache, shared, false, input, hit, Math.max(0, usage.outputTokens()), at));
  }
}
