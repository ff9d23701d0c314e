package io.tidegate.daemon.page;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.EndpointStatus;
import io.tidegate.dispatch.ServerLoad;
import io.tidegate.dispatch.UpstreamPlaces.LimitStatus;
import io.tidegate.model.Upstream;
import io.tidegate.telemetry.Names;
import io.tidegate.wire.JsonWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Each upstream with its endpoints, and of each endpoint why it is asked, or not. */
final class UpstreamsView {
  private static final long NANOS_PER_MS = 1_000_000L;

  private final List<Upstream> upstreams;
  private final HealthBoard health;
  private final MeterRegistry registry;

  UpstreamsView(List<Upstream> upstreams, HealthBoard health, MeterRegistry registry) {
    this.upstreams = upstreams;
    this.health = health;
    this.registry = registry;
  }

  void write(JsonWriter out) {
    Map<String, List<EndpointStatus>> endpoints = health.snapshot();
    Map<String, LimitStatus> limits = new HashMap<>();
    health.places().limits().forEach(limit -> limits.put(limit.upstream() + ' ' + limit.endpoint(), limit));
    out.beginArray();
    for (Upstream upstream : upstreams) {
      String name = upstream.name();
      boolean closed = health.accountAlarm(name);
      out.beginObject().key("name").string(name).key("zone").string(word(upstream.zone())).key("dialect").string(word(upstream.dialect()))
          .key("emulated").bool(upstream.emulated()).key("account_closed").bool(closed).key("balance").string(word(upstream.balance().method()));
      out.key("models").beginArray();
      upstream.models().forEach(out::string);
      out.endArray();
      LimitStatus account = limits.get(name + ' ');
      if (account != null) {
        limit(out.key("account"), account);
      }
      attempts(out.key("attempts"), name);
      out.key("endpoints").beginArray();
      for (EndpointStatus endpoint : endpoints.getOrDefault(name, List.of())) {
        endpoint(out, endpoint, limits.get(name + ' ' + endpoint.endpoint().id()), closed);
      }
      out.endArray().endObject();
    }
    out.endArray();
  }

  private void attempts(JsonWriter out, String upstream) {
    Map<String, Double> byOutcome = new TreeMap<>();
    for (Meter meter : registry.find(Names.ATTEMPTS).tags(Tags.of("upstream", upstream)).meters()) {
      String outcome = meter.getId().getTag("outcome");
      meter.measure().forEach(measured -> byOutcome.merge(outcome == null ? "" : outcome, measured.getValue(), Double::sum));
    }
    out.beginObject();
    byOutcome.forEach((outcome, count) -> out.key(outcome).number(count));
    out.endObject();
  }

  private static void endpoint(JsonWriter out, EndpointStatus status, @Nullable LimitStatus limit, boolean accountClosed) {
    out.beginObject().key("id").string(status.endpoint().id()).key("address").string(status.endpoint().address()).key("region").string(status.endpoint().region())
        .key("discovered").bool(status.endpoint().discovered()).key("weight").number(status.endpoint().weight()).key("weight_percent").number(status.weightPercent())
        .key("state").string(status.state().name()).key("usable").bool(usable(status, limit, accountClosed)).key("why").string(why(status, limit, accountClosed))
        .key("failures").number(status.consecutiveFailures()).key("out_for_ms").number(ms(status.ejectedForNanos())).key("avoided_for_ms")
        .number(ms(status.avoidedForNanos())).key("retry_after_ms").number(ms(status.coolForNanos())).key("in_flight").number(status.inFlight());
    Kind last = status.lastFailure();
    if (last != null) {
      out.key("last_failure").string(word(last));
    }
    if (limit != null) {
      limit(out.key("limit"), limit);
    }
    ServerLoad told = status.told();
    if (told != null) {
      out.key("slots").number(told.slots()).key("slots_busy").number(told.busy());
    }
    out.endObject();
  }

  private static void limit(JsonWriter out, LimitStatus limit) {
    out.beginObject().key("limit").number(limit.limit()).key("in_flight").number(limit.inFlight()).key("capacity_rps").number(Math.round(limit.capacity() * 1000) / 1000.0)
        .endObject();
  }

  private static boolean usable(EndpointStatus status, @Nullable LimitStatus limit, boolean accountClosed) {
    return !accountClosed && status.state() == EndpointHealth.State.HEALTHY && status.coolForNanos() == 0 && (limit == null || limit.inFlight() < limit.limit());
  }

  /** In words: the strongest reason first. */
  static String why(EndpointStatus status, @Nullable LimitStatus limit, boolean accountClosed) {
    if (accountClosed) {
      return "closed: our account was refused (401, 402 or 403)";
    }
    Kind last = status.lastFailure();
    String after = last == null ? "" : ", the last " + words(last);
    return switch (status.state()) {
      case EJECTED -> "left out after " + count(status.consecutiveFailures(), "failure") + " in a row" + after + "; "
          + (status.ejectedForNanos() == 0 ? "the next request is its probe" : "tried again in " + seconds(status.ejectedForNanos()));
      case PROBING -> "on probation: one request is its probe" + after;
      case HEALTHY -> well(status, limit);
    };
  }

  private static String well(EndpointStatus status, @Nullable LimitStatus limit) {
    if (status.coolForNanos() > 0) {
      return "it asked us to wait (Retry-After): " + seconds(status.coolForNanos()) + " left";
    }
    if (limit != null && limit.inFlight() >= limit.limit()) {
      return "full: " + limit.inFlight() + " of " + limit.limit() + " in flight";
    }
    if (status.avoidedForNanos() > 0) {
      return "busy or loading a model: others first for " + seconds(status.avoidedForNanos());
    }
    if (status.weightPercent() < 100) {
      return "slow start: takes " + status.weightPercent() + " % of its share, rising";
    }
    Kind last = status.lastFailure();
    return status.consecutiveFailures() > 0 ? "takes requests; " + count(status.consecutiveFailures(), "failure") + " in a row" + (last == null ? "" : ", the last " + words(last))
        : "takes requests";
  }

  private static String count(int n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  private static String seconds(long nanos) {
    long tenths = Math.max(1, Math.round(nanos / 1e8));
    return tenths / 10 + "." + tenths % 10 + " s";
  }

  private static long ms(long nanos) {
    return nanos / NANOS_PER_MS;
  }

  private static String words(Kind kind) {
    return word(kind).replace('_', ' ');
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
