package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** What happened between two samples: rates by class and destination, upstreams, classes. As lines and as JSON. */
final class TopView {
  private static final String REQUESTS = "tidegate_requests_total";
  private static final String ATTEMPTS = "tidegate_attempts_total";
  private static final Set<String> ANSWERED = Set.of("answered", "ok");
  private static final String LEFT = "cancelled";
  /** It should have been answered. */
  private static final String FAILED = "error";

  /** A line, and whether it wants to be looked at. */
  record Line(String text, Tone tone) {}

  /** How a line is shown. */
  enum Tone { HEAD, PLAIN, BAD }

  private record Row(String name, double[] answered, double refused, double failed, double left) {
    double all() {
      double sum = refused + failed + left;
      for (double each : answered) {
        sum += each;
      }
      return sum;
    }
  }

  private record UpstreamRow(String name, String zone, int up, int endpoints, double inFlight, double limit, double answered, double failed, double medianMillis,
      double firstTokenMillis) {}

  private record ClassRow(LatencyClass latencyClass, double waiting, double firstTokenMillis) {}

  private final TopSample now;
  private final double seconds;
  private final List<Row> sensitivities = new ArrayList<>();
  private final List<Row> classes = new ArrayList<>();
  private final List<UpstreamRow> upstreams = new ArrayList<>();
  private final List<ClassRow> waiting = new ArrayList<>();
  private final double firstTokenMillis;

  TopView(TopSample before, TopSample now) {
    this.now = now;
    this.seconds = now.secondsSince(before);
    for (Sensitivity each : Sensitivity.values()) {
      sensitivities.add(row(before, each.name(), "sensitivity"));
    }
    boolean byClass = now.has("tidegate_ttft_seconds_bucket", "latency_class");
    String firstToken = byClass ? "tidegate_ttft_seconds" : "gen_ai_server_time_to_first_token_seconds";
    firstTokenMillis = now.median(before, firstToken, series -> true) * 1000;
    for (LatencyClass each : LatencyClass.values()) {
      if (now.has(REQUESTS, "latency_class")) {
        classes.add(row(before, each.name(), "latency_class"));
      }
      waiting.add(new ClassRow(each, now.sum("tidegate_queue_depth", is("latency_class", each.name())),
          byClass ? now.median(before, firstToken, is("latency_class", each.name())) * 1000 : Double.NaN));
    }
    for (JsonNode upstream : now.status().path("upstreams")) {
      String name = upstream.path("name").asText();
      int up = 0;
      for (JsonNode endpoint : upstream.path("endpoints")) {
        up += endpoint.path("state").asText().equals("HEALTHY") ? 1 : 0;
      }
      Predicate<Series> its = series -> series.label("upstream").equals(name);
      upstreams.add(new UpstreamRow(name, upstream.path("zone").asText(), up, upstream.path("endpoints").size(), now.sum("tidegate_in_flight", its),
          now.sum("tidegate_limit", its), now.grown(before, ATTEMPTS, its.and(TopView::answered)) / seconds,
          now.grown(before, ATTEMPTS, its.and(series -> !answered(series))) / seconds, now.median(before, "gen_ai_client_operation_duration_seconds", its) * 1000,
          now.median(before, "gen_ai_client_operation_time_to_first_chunk_seconds", its) * 1000));
    }
  }

  private Row row(TopSample before, String name, String label) {
    Predicate<Series> its = is(label, name);
    double[] answered = new double[Destination.values().length];
    for (Destination destination : Destination.values()) {
      answered[destination.ordinal()] = now.grown(before, REQUESTS, its.and(TopView::answered).and(is("destination", destination.name()))) / seconds;
    }
    return new Row(name, answered, now.grown(before, REQUESTS, its.and(series -> !answered(series) && !series.label("outcome").equals(LEFT)
        && !series.label("outcome").equals(FAILED))) / seconds, now.grown(before, REQUESTS, its.and(is("outcome", FAILED))) / seconds,
        now.grown(before, REQUESTS, its.and(is("outcome", LEFT))) / seconds);
  }

  private static Predicate<Series> is(String label, String value) {
    return series -> series.label(label).equalsIgnoreCase(value);
  }

  private static boolean answered(Series series) {
    return ANSWERED.contains(series.label("outcome"));
  }

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    boolean ready = now.status().path("ready").asBoolean();
    double all = sensitivities.stream().mapToDouble(Row::all).sum();
    lines.add(new Line(String.format(Locale.ROOT, "tidegate %s  %.1f requests/s over %.0f s  policy %s", ready ? "ready" : "NOT READY", all, seconds,
        AuditText.escaped(now.status().path("policy").path("version").asText())), ready ? Tone.PLAIN : Tone.BAD));
    double violations = now.sum("tidegate_egress_violation_total", series -> true);
    if (violations > 0) {
      lines.add(new Line(String.format(Locale.ROOT, "EGRESS VIOLATIONS: %.0f", violations), Tone.BAD));
    }
    table(lines, "sensitivity", sensitivities);
    if (!classes.isEmpty()) {
      table(lines, "class", classes);
    }
    lines.add(new Line("", Tone.PLAIN));
    lines.add(new Line(String.format(Locale.ROOT, "%-18s %10s %18s", "waiting", "requests", "first token p50"), Tone.HEAD));
    for (ClassRow row : waiting) {
      lines.add(new Line(String.format(Locale.ROOT, "%-18s %10.0f %18s", row.latencyClass(), row.waiting(), millis(row.firstTokenMillis())),
          row.waiting() > 0 ? Tone.BAD : Tone.PLAIN));
    }
    if (waiting.stream().allMatch(row -> Double.isNaN(row.firstTokenMillis()))) {
      lines.add(new Line(String.format(Locale.ROOT, "%-18s %10s %18s", "all", "", millis(firstTokenMillis)), Tone.PLAIN));
    }
    lines.add(new Line("", Tone.PLAIN));
    lines.add(new Line(String.format(Locale.ROOT, "%-20s %-8s %5s %11s %6s %11s %9s %12s %16s", "upstream", "zone", "up", "in flight", "full", "answered/s",
        "failed/s", "attempt p50", "first token p50"), Tone.HEAD));
    for (UpstreamRow row : upstreams) {
      String limit = row.limit() == 0 ? "-" : String.format(Locale.ROOT, "%.0f/%.0f", row.inFlight(), row.limit());
      String full = row.limit() == 0 ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * row.inFlight() / row.limit());
      lines.add(new Line(String.format(Locale.ROOT, "%-20s %-8s %5s %11s %6s %11.1f %9.1f %12s %16s", AuditText.escaped(row.name()), row.zone(), row.up() + "/"
          + row.endpoints(), limit, full, row.answered(), row.failed(), millis(row.medianMillis()), millis(row.firstTokenMillis())),
          row.up() < row.endpoints() || row.endpoints() == 0 || row.failed() > 0 ? Tone.BAD : Tone.PLAIN));
    }
    return lines;
  }

  private static void table(List<Line> lines, String name, List<Row> rows) {
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-18s", name + ", per s"));
    for (Destination destination : Destination.values()) {
      head.append(String.format(Locale.ROOT, " %10s", destination.name().toLowerCase(Locale.ROOT)));
    }
    lines.add(new Line("", Tone.PLAIN));
    lines.add(new Line(head + String.format(Locale.ROOT, " %10s %10s %10s", "refused", "failed", "left"), Tone.HEAD));
    for (Row row : rows) {
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-18s", row.name()));
      for (double each : row.answered()) {
        line.append(String.format(Locale.ROOT, " %10.1f", each));
      }
      lines.add(new Line(line + String.format(Locale.ROOT, " %10.1f %10.1f %10.1f", row.refused(), row.failed(), row.left()), row.refused() + row.failed() > 0 ? Tone.BAD : Tone.PLAIN));
    }
  }

  private static String millis(double millis) {
    return Double.isNaN(millis) ? "-" : String.format(Locale.ROOT, "%.0f ms", millis);
  }

  /** @param time of the later sample */
  JsonWriter json(String time) {
    JsonWriter out = new JsonWriter().beginObject().key("time").string(time).key("seconds").number(seconds).key("ready").bool(now.status().path("ready").asBoolean())
        .key("policy").string(now.status().path("policy").path("version").asText());
    rows(out.key("sensitivities"), "sensitivity", sensitivities);
    rows(out.key("latency_classes"), "latency_class", classes);
    out.key("waiting").beginArray();
    for (ClassRow row : waiting) {
      out.beginObject().key("latency_class").string(row.latencyClass().name()).key("requests").number(row.waiting());
      known(out, "first_token_p50_ms", row.firstTokenMillis());
      out.endObject();
    }
    known(out.endArray(), "first_token_p50_ms", firstTokenMillis);
    out.key("upstreams").beginArray();
    for (UpstreamRow row : upstreams) {
      out.beginObject().key("name").string(row.name()).key("zone").string(row.zone()).key("up").number(row.up()).key("endpoints").number(row.endpoints())
          .key("in_flight").number(row.inFlight()).key("limit").number(row.limit()).key("answered_per_second").number(row.answered())
          .key("failed_per_second").number(row.failed());
      known(out, "attempt_p50_ms", row.medianMillis());
      known(out, "first_token_p50_ms", row.firstTokenMillis());
      out.endObject();
    }
    return out.endArray().endObject();
  }

  private static void rows(JsonWriter out, String name, List<Row> rows) {
    out.beginArray();
    for (Row row : rows) {
      out.beginObject().key(name).string(row.name()).key("answered_per_second").beginObject();
      for (Destination destination : Destination.values()) {
        out.key(destination.name()).number(row.answered()[destination.ordinal()]);
      }
      out.endObject().key("refused_per_second").number(row.refused()).key("failed_per_second").number(row.failed()).key("left_per_second").number(row.left()).endObject();
    }
    out.endArray();
  }

  private static void known(JsonWriter out, String key, double value) {
    if (!Double.isNaN(value)) {
      out.key(key).number(value);
    }
  }
}
