package io.tidegate.audit;

import io.tidegate.audit.AuditRecord.Count;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.AuditRecord.UpstreamState;
import io.tidegate.audit.Frames.Frame;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Likeness;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Residency;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RecordWriter} wrote. */
final class RecordReader {
  private final ByteBuffer in;
  private final String chain;
  private final long sequence;
  private final Instant time;
  private final int minor;

  private RecordReader(ChainId chain, Frame frame, int minor) {
    this.minor = minor;
    this.in = frame.body();
    this.chain = chain.toString();
    this.sequence = frame.sequence();
    this.time = Instant.EPOCH.plus(frame.epochMicros(), ChronoUnit.MICROS);
  }

  static boolean isRequest(Frame frame) {
    return frame.kind() == RecordWriter.DECISION || frame.kind() == RecordWriter.OUTCOME;
  }

  /** The id alone, which both kinds begin with. */
  static String requestId(Frame frame) {
    return Frames.string(frame.body());
  }

  /**
   * @param frame a record that {@link #isRequest}
   * @param minor of its segment, see {@link Format}; what stands behind the known in records of a newer one is passed over
   * @throws RuntimeException if it does not hold what its kind must
   */
  static AuditRecord read(ChainId chain, Frame frame, int minor) {
    RecordReader reader = new RecordReader(chain, frame, minor);
    String id = reader.string();
    AuditRecord record = frame.kind() == RecordWriter.DECISION ? reader.decided(id) : reader.ended(id);
    if (reader.in.hasRemaining() && !Format.isNewer(minor)) {
      throw new IllegalArgumentException("a record with more behind it");
    }
    return record;
  }

  private Decided decided(String id) {
    String tenant = string();
    String caller = string();
    List<String> groups = strings();
    String policy = hex();
    String body = hex();
    Operation operation = Operation.values()[octet()];
    int flags = octet();
    Sensitivity declared = Sensitivity.values()[octet()];
    Sensitivity label = Sensitivity.values()[octet()];
    int wish = octet();
    long timeLeft = in.getLong();
    int bodyBytes = in.getInt();
    int messages = in.getInt();
    String model = string();
    String region = string();
    Instant now = Instant.ofEpochSecond(in.getLong(), in.getInt());
    Sensitivity sensitivity = Sensitivity.values()[octet()];
    LatencyClass latencyClass = LatencyClass.values()[octet()];
    List<Destination> route = new ArrayList<>();
    for (int n = octet(); n > 0; n--) {
      route.add(Destination.values()[octet()]);
    }
    List<String> rules = strings();
    Set<Findings.Trouble> troubles = troubles(octet());
    List<Count> findings = new ArrayList<>();
    for (int n = octet(); n > 0; n--) {
      findings.add(new Count(string(), Likelihood.values()[octet()], string(), in.getInt()));
    }
    return new Decided(chain, sequence, time, id, tenant, caller, groups, policy, body, operation, (flags & 1) != 0, (flags & 2) != 0,
        (flags & 4) != 0, (flags & 16) != 0, declared, label, wish == 255 ? null : LatencyClass.values()[wish], timeLeft, bodyBytes,
        messages, model, region, now, sensitivity, latencyClass, route, rules, troubles, findings, strings(), upstreams(), residency(flags));
  }

  private static Set<Findings.Trouble> troubles(int bits) {
    if (bits >> Findings.Trouble.values().length != 0) {
      throw new IllegalArgumentException("a trouble that is not known");
    }
    Set<Findings.Trouble> troubles = EnumSet.noneOf(Findings.Trouble.class);
    for (Findings.Trouble trouble : Findings.Trouble.values()) {
      if ((bits >> trouble.ordinal() & 1) != 0) {
        troubles.add(trouble);
      }
    }
    return troubles;
  }

  private List<UpstreamState> upstreams() {
    List<UpstreamState> upstreams = new ArrayList<>();
    for (int n = octet(); n > 0; n--) {
      String name = string();
      int up = octet();
      int endpoints = octet();
      int bits = octet();
      upstreams.add(new UpstreamState(name, up, endpoints, (bits & 128) != 0, AuditRecord.Place.values()[bits & 127]));
    }
    return upstreams;
  }

  /** Nothing stands there for what may be anywhere. Before there was a flag for it, whatever stood there were regions. */
  private Residency residency(int flags) {
    boolean there = minor == 0 ? in.hasRemaining() : (flags & RecordWriter.RESIDENCY) != 0;
    return there ? Residency.in(strings()) : Residency.ANYWHERE;
  }

  private Ended ended(String id) {
    int destination = octet();
    String upstream = string();
    CacheOutcome cache = CacheOutcome.values()[octet()];
    int attempts = octet();
    String refusal = string();
    long durationNanos = in.getLong();
    List<LeftAttempt> left = left();
    int tail = in.hasRemaining() ? octet() : 0;
    Usage usage = (tail & RecordWriter.USAGE) == 0 ? Usage.UNKNOWN : new Usage(in.getInt(), in.getInt(), in.getInt(), -1);
    if ((tail & RecordWriter.LEFT_TOKENS) != 0) {
      left.replaceAll(each -> new LeftAttempt(each.upstream(), each.endpoint(), each.why(), each.millis(), in.getInt(), in.getInt()));
    }
    return new Ended(chain, sequence, time, id, destination == 255 ? null : Destination.values()[destination], upstream, cache, attempts, refusal,
        durationNanos, left, usage, (tail & RecordWriter.LIKENESS) == 0 ? null : likeness());
  }

  /** Records of earlier versions end before it, or with it. */
  private List<LeftAttempt> left() {
    List<LeftAttempt> left = new ArrayList<>();
    for (int n = in.hasRemaining() ? octet() : 0; n > 0; n--) {
      left.add(new LeftAttempt(string(), string(), string(), in.getInt()));
    }
    return left;
  }

  private Likeness likeness() {
    return new Likeness(string(), Float.intBitsToFloat(in.getInt()), octet() != 0);
  }

  private int octet() {
    return in.get() & 0xff;
  }

  private String hex() {
    byte[] value = new byte[octet()];
    in.get(value);
    return HexFormat.of().formatHex(value);
  }

  private String string() {
    return Frames.string(in);
  }

  private List<String> strings() {
    List<String> values = new ArrayList<>();
    for (int n = octet(); n > 0; n--) {
      values.add(string());
    }
    return values;
  }
}
