package io.tidegate.daemon.reload;

import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a reload of the configuration ended.
 *
 * @param changed keys that mean something else now, and are in force
 * @param restart keys that mean something else in the files than in this process: they need another process
 * @param problems why it was refused; empty if it was not
 * @param certificates per listener, when the certificate in force ends
 */
public record Reloaded(Kind kind, Instant at, List<String> changed, List<String> restart, List<String> problems, SortedMap<String, Instant> certificates) {
  /** Closed: also the values of a metric's label. */
  public enum Kind { ACCEPTED, UNCHANGED, REFUSED }

  private static final int MOST_PROBLEMS = 100;

  public Reloaded {
    changed = List.copyOf(changed);
    restart = List.copyOf(restart);
    problems = problems.stream().limit(MOST_PROBLEMS).toList();
    certificates = new TreeMap<>(certificates);
  }

  public boolean refused() {
    return kind == Kind.REFUSED;
  }

  /** @param policies JSON of what became of them */
  public String json(String policies) {
    JsonWriter out = new JsonWriter();
    write(out);
    String text = new String(out.toBytes(), StandardCharsets.UTF_8);
    return text.substring(0, text.length() - 1) + ",\"policy\":" + policies.strip() + "}\n";
  }

  public void write(JsonWriter out) {
    out.beginObject().key("outcome").string(kind.name().toLowerCase(Locale.ROOT)).key("at").string(at.toString());
    texts(out, "changed", changed);
    texts(out, "needs_restart", restart);
    texts(out, "problems", problems);
    out.key("certificates").beginObject();
    for (Map.Entry<String, Instant> each : certificates.entrySet()) {
      out.key(each.getKey()).string(each.getValue().toString());
    }
    out.endObject().endObject();
  }

  private static void texts(JsonWriter out, String key, Collection<String> texts) {
    out.key(key).beginArray();
    texts.forEach(out::string);
    out.endArray();
  }
}
