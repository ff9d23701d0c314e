package io.tidegate.daemon.policy;

import io.tidegate.model.Problem;
import io.tidegate.wire.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt to put policies in force ended.
 *
 * @param stage where it was refused; null if it was not
 * @param problems why; empty if it was not refused
 * @param digest of what is in force now
 * @param version of what is in force now
 */
public record ReloadOutcome(Kind kind, Instant at, @Nullable String stage, List<Problem> problems, String digest, String version) {
  static ReloadOutcome of(Kind kind, Instant at, @Nullable String stage, List<Problem> problems, InForce inForce) {
    return new ReloadOutcome(kind, at, stage, problems, inForce.bundle().digest(), inForce.bundle().version());
  }

  /** Closed: also the values of a metric's label. */
  public enum Kind { ACCEPTED, UNCHANGED, REFUSED, EXPIRED }

  private static final int MOST_PROBLEMS = 100;

  public ReloadOutcome {
    // A bomb of a file has more mistakes than anybody reads.
    problems = problems.stream().limit(MOST_PROBLEMS).toList();
  }

  void write(JsonWriter out) {
    out.beginObject().key("outcome").string(kind.name().toLowerCase(Locale.ROOT)).key("at").string(at.toString());
    if (stage != null) {
      out.key("stage").string(stage);
    }
    out.key("digest").string(digest).key("version").string(version).key("problems").beginArray();
    problems.forEach(problem -> out.string(problem.toString()));
    out.endArray().endObject();
  }

  /** A JSON object. */
  public String json() {
    JsonWriter out = new JsonWriter();
    write(out);
    return new String(out.toBytes(), java.nio.charset.StandardCharsets.UTF_8) + "\n";
  }
}
