package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.terminal.Screen;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code /admin/status} on one screen: what is well in one line each, what is not with its reason. Names in it come from a configuration and from callers:
 * what could move a terminal's cursor is escaped (hazard B3).
 */
final class StatusText {
  private final Screen screen;
  private final String admin;
  private final long nowMillis;
  private final List<String> lines = new ArrayList<>();

  /** @param admin where the daemon was asked */
  StatusText(Screen screen, String admin, long nowMillis) {
    this.screen = screen;
    this.admin = admin;
    this.nowMillis = nowMillis;
  }

  /**
   * All lines.
   *
   * @param readiness what {@code /readyz} says, warnings among it
   * @param view {@code /admin/upstreams}, which says of each endpoint why it is asked or not; empty if there is none
   */
  List<String> lines(JsonNode status, String readiness, JsonNode view) {
    boolean ready = status.path("ready").asBoolean();
    put("tidegate", (ready ? screen.good("ready") : screen.bad("NOT READY")) + screen.faint(clean("  version " + text(status, "version") + ", boot " + text(status, "boot")
        + ", Java " + text(status, "java") + ", " + text(status, "transport").toLowerCase(Locale.ROOT) + ", asked at " + admin)));
    policy(status.path("policy"));
    upstreams(status, reasons(view));
    queue(status.path("limits"));
    cache(status.path("cache"));
    consul(status.path("consul"));
    audit(status.path("audit"));
    String alarm = text(status.path("sessions"), "alarm");
    put("sessions", status.path("sessions").path("fill_percent").asLong() + " % of their room" + (alarm.isEmpty() ? "" : "; " + screen.bad(clean(alarm))));
    readiness.lines().filter(line -> line.startsWith("warning: ")).forEach(line -> put("warning", screen.bad(clean(line.substring("warning: ".length())))));
    return lines;
  }

  private void policy(JsonNode policy) {
    String digest = text(policy, "digest");
    put("policy", clean(text(policy, "version") + ", digest " + digest.substring(0, Math.min(12, digest.length())) + ", in force for " + since(text(policy, "since"))
        + (policy.has("revision") ? ", bundle " + text(policy, "bundle") + " revision " + policy.path("revision").asLong() : "")
        + (policy.has("next_expiry") ? ", something in it ends on " + text(policy, "next_expiry") : "")));
    JsonNode last = policy.path("last_attempt");
    if (last.path("outcome").asText().equals("refused")) {
      put("", screen.bad("the newest attempt to change it was refused; 'tidegate status --json' has the problems"));
    }
    if (policy.path("shadow").has("problem")) {
      put("", screen.bad(clean("the shadow policy: " + text(policy.path("shadow"), "problem"))));
    }
  }

  /** Upstream and address → why it is not asked now. */
  private static Map<String, String> reasons(JsonNode view) {
    Map<String, String> reasons = new HashMap<>();
    for (JsonNode upstream : view.path("upstreams")) {
      for (JsonNode endpoint : upstream.path("endpoints")) {
        if (!endpoint.path("usable").asBoolean(true)) {
          reasons.put(text(upstream, "name") + ' ' + text(endpoint, "address"), text(endpoint, "why"));
        }
      }
    }
    return reasons;
  }

  private void upstreams(JsonNode status, Map<String, String> reasons) {
    JsonNode upstreams = status.path("upstreams");
    if (upstreams.isEmpty()) {
      put("upstreams", screen.bad("none: every request is refused"));
    }
    int width = 8;
    for (JsonNode upstream : upstreams) {
      width = Math.max(width, text(upstream, "name").length());
    }
    String label = "upstreams";
    for (JsonNode upstream : upstreams) {
      JsonNode endpoints = upstream.path("endpoints");
      int up = 0;
      for (JsonNode endpoint : endpoints) {
        up += text(endpoint, "state").equals("HEALTHY") ? 1 : 0;
      }
      String share = up + "/" + endpoints.size() + " up";
      put(label, String.format(Locale.ROOT, "%-" + width + "s  %-7s  %-9s  ", clean(text(upstream, "name")), text(upstream, "zone"), text(upstream, "dialect"))
          + (up == endpoints.size() && up > 0 ? screen.good(share) : screen.bad(share)) + places(status.path("limits"), text(upstream, "name"))
          + (upstream.path("emulated").asBoolean() ? "  EMULATED" : "") + (upstream.path("account_closed").asBoolean() ? screen.bad("  account refused") : ""));
      label = "";
      for (JsonNode endpoint : endpoints) {
        String why = reasons.get(text(upstream, "name") + ' ' + text(endpoint, "address"));
        if (why != null) {
          put("", screen.bad(clean("  " + text(endpoint, "address") + ": " + why)));
        } else if (!text(endpoint, "state").equals("HEALTHY")) {
          put("", screen.bad(clean("  " + text(endpoint, "address") + ": " + text(endpoint, "state").toLowerCase(Locale.ROOT) + " after "
              + endpoint.path("failures").asLong() + " failures" + (endpoint.has("last_failure") ? ", the last: " + text(endpoint, "last_failure").toLowerCase(Locale.ROOT)
              : ""))));
        }
      }
    }
  }

  private static String places(JsonNode limits, String upstream) {
    long inFlight = 0;
    long limit = 0;
    double capacity = 0;
    boolean account = false;
    for (JsonNode permit : limits.path("permits")) {
      if (!text(permit, "upstream").equals(upstream)) {
        continue;
      }
      boolean whole = text(permit, "endpoint").isEmpty();
      if (whole && !account) {
        // The account's cap binds where there is one, not the sum of the endpoints'.
        inFlight = 0;
        limit = 0;
        capacity = 0;
        account = true;
      }
      if (whole == account) {
        inFlight += permit.path("in_flight").asLong();
        limit += permit.path("limit").asLong();
        capacity += permit.path("capacity_milli_rps").asLong() / 1000.0;
      }
    }
    return limit == 0 ? "" : "  " + inFlight + " of " + limit + " places" + (capacity > 0 ? String.format(Locale.ROOT, ", %.1f/s fit", capacity) : "");
  }

  private void queue(JsonNode limits) {
    List<String> waiting = new ArrayList<>();
    limits.path("queue").properties().forEach(each -> {
      if (each.getValue().asLong() > 0) {
        waiting.add(each.getValue().asLong() + " " + each.getKey().toLowerCase(Locale.ROOT));
      }
    });
    put("queue", (waiting.isEmpty() ? "nobody waits" : String.join(", ", waiting) + " wait") + ", " + limits.path("overflowed").asLong() + " overflowed so far");
  }

  private void cache(JsonNode cache) {
    long hits = cache.path("hits").asLong();
    long asked = hits + cache.path("misses").asLong();
    String share = asked == 0 ? "" : String.format(Locale.ROOT, ", %.0f %% of %d found", 100.0 * hits / asked, asked);
    JsonNode shared = cache.path("shared");
    put("cache", cache.path("entries").asLong() + " answers, " + bytes(cache.path("bytes").asLong()) + share + (shared.isMissingNode() ? ""
        : "; shared layer " + (!shared.path("connected").asBoolean() ? screen.bad("not connected") : shared.path("given_up").asBoolean() ? screen.bad("too slow, not asked")
        : "connected")));
  }

  private void consul(JsonNode consul) {
    String label = "consul";
    for (JsonNode watched : consul) {
      boolean well = watched.path("heard").asBoolean() && !watched.path("acl").asBoolean();
      String age = "heard " + span(watched.path("age_seconds").asLong()) + " ago";
      put(label, clean(text(watched, "service")) + " for " + clean(text(watched, "upstream")) + ": " + watched.path("endpoints").asLong() + " endpoints, "
          + (well ? age : screen.bad(watched.path("acl").asBoolean() ? "rights are missing" : "nothing heard yet"))
          + (watched.path("not_used").asLong() > 0 ? ", " + watched.path("not_used").asLong() + " not used" : ""));
      label = "";
    }
  }

  private void audit(JsonNode audit) {
    put("audit", (audit.path("failing").asBoolean() ? screen.bad("FAILING: nothing goes to a public upstream") : "written") + ", " + audit.path("records").asLong()
        + " records, " + (audit.path("lost").asLong() > 0 ? screen.bad(audit.path("lost").asLong() + " lost") : "none lost") + ", " + audit.path("lag_ms").asLong()
        + " ms behind, key " + clean(text(audit, "key")));
  }

  private void put(String label, String value) {
    lines.add(String.format(Locale.ROOT, "%-10s", label) + value);
  }

  private String since(String instant) {
    try {
      return span(Duration.between(Instant.parse(instant), Instant.ofEpochMilli(nowMillis)).toSeconds());
    } catch (DateTimeException unknown) {
      return "?";
    }
  }

  /** The two largest units. */
  static String span(long seconds) {
    long s = Math.max(0, seconds);
    return s < 60 ? s + " s" : s < 3600 ? s / 60 + " min" : s < 86_400 ? s / 3600 + " h " + s % 3600 / 60 + " min" : s / 86_400 + " d " + s % 86_400 / 3600 + " h";
  }

  static String bytes(long bytes) {
    return bytes < 1024 ? bytes + " B" : bytes < 1 << 20 ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0) : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).asText("");
  }

  private static String clean(String text) {
    return AuditText.escaped(text);
  }
}
