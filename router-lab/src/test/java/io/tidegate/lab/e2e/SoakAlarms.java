package io.tidegate.lab.e2e;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks whether something would wake an operator, and whether a fault that is there, or was a moment ago, explains it. What nothing explains is kept. One
 * thread at a time.
 */
final class SoakAlarms {
  private static final Set<SoakFault> UPSTREAM = Set.of(SoakFault.ENDPOINT_REFUSES, SoakFault.ENDPOINT_HANGS, SoakFault.BUSY_503, SoakFault.LIMITED_429,
      SoakFault.RESET_IN_STREAM);
  /** How long a fault is still felt after its end: ejections, time-outs. A look at Consul that nobody answers any more ends by its own time-out. */
  private static final long FELT_NANOS = 20_000_000_000L;
  private static final long FELT_OF_CONSUL_NANOS = 60_000_000_000L;

  /** @param from the series, or what the status is searched for */
  private record Alarm(Set<SoakFault> explains, Kind kind, double above, String from) {}

  private enum Kind { GAUGE, COUNTER, STATUS }

  private static final Map<String, Alarm> ALARMS = new LinkedHashMap<>();

  static {
    Set<SoakFault> nothing = Set.of();
    ALARMS.put("egress violation", new Alarm(nothing, Kind.GAUGE, 0, "tidegate_egress_violation_total"));
    ALARMS.put("egress stopped by the last lock", new Alarm(nothing, Kind.GAUGE, 0, "tidegate_egress_refused_total"));
    ALARMS.put("defects", new Alarm(nothing, Kind.GAUGE, 0, "tidegate_defects_total"));
    ALARMS.put("permits given back twice", new Alarm(nothing, Kind.GAUGE, 0, "tidegate_permit_closed_again_total"));
    // Ready segments take what comes within ten seconds of a full disk, so these two stay silent in a soak; AuditAlertIT waits until they do not.
    ALARMS.put("records cannot be written", new Alarm(Set.of(SoakFault.RECORDS_FULL), Kind.GAUGE, 0, "tidegate_audit_failing"));
    ALARMS.put("records lost", new Alarm(Set.of(SoakFault.RECORDS_FULL), Kind.COUNTER, 0, "tidegate_audit_lost_total"));
    ALARMS.put("policy refused", new Alarm(Set.of(SoakFault.POLICY_BAD), Kind.GAUGE, 0, "tidegate_policy_last_attempt_failed"));
    // Questions go 15 s apart at most, each waits for 5 s: less than that is no silence.
    ALARMS.put("Consul unheard for 25 s", new Alarm(Set.of(SoakFault.CONSUL_AWAY), Kind.GAUGE, 25, "tidegate_consul_age_seconds"));
    ALARMS.put("an endpoint is out", new Alarm(UPSTREAM, Kind.STATUS, 0, "\"state\":\"EJECTED\""));
    ALARMS.put("our account is refused", new Alarm(nothing, Kind.STATUS, 0, "\"account_closed\":true"));
    ALARMS.put("not ready", new Alarm(nothing, Kind.STATUS, 0, "\"ready\":false"));
  }

  private final Heart heart;
  private final Map<SoakFault, Long> felt = new EnumMap<>(SoakFault.class);
  private final Map<String, Double> before = new LinkedHashMap<>();
  private final Set<String> unexplained = new TreeSet<>();
  private final Set<String> explained = new TreeSet<>();
  private SoakFault active;

  SoakAlarms(Heart heart) {
    this.heart = heart;
  }

  synchronized void begins(SoakFault fault) {
    active = fault;
  }

  synchronized void ends(SoakFault fault) {
    active = null;
    felt.put(fault, System.nanoTime());
  }

  synchronized void look(TestBed bed) {
    String metrics = bed.admin("/metrics");
    String status = bed.admin("/admin/status");
    long now = System.nanoTime();
    ALARMS.forEach((name, alarm) -> {
      double value = alarm.kind() == Kind.STATUS ? status.split(java.util.regex.Pattern.quote(alarm.from()), -1).length - 1 : highest(metrics, alarm.from());
      double last = before.getOrDefault(name, 0.0);
      before.put(name, value);
      if (alarm.kind() == Kind.COUNTER ? value > last : value > alarm.above()) {
        boolean excused = heart.stoodStillSince(now - FELT_OF_CONSUL_NANOS) && !alarm.explains().isEmpty() || alarm.explains().stream().anyMatch(fault -> fault == active || felt.containsKey(fault) && now - felt.get(fault) < (fault == SoakFault.CONSUL_AWAY ? FELT_OF_CONSUL_NANOS : FELT_NANOS));
        (excused ? explained : unexplained).add(excused ? name : name + " = " + value + " during " + active);
      }
    });
  }

  /** Of all series of this name. */
  private static double highest(String metrics, String name) {
    return metrics.lines().filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).max().orElse(0);
  }

  synchronized Set<String> unexplained() {
    return Set.copyOf(unexplained);
  }

  synchronized List<String> explained() {
    return List.copyOf(explained);
  }
}
