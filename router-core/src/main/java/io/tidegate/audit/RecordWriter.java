package io.tidegate.audit;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.HealthBoard.Standing;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Likeness;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.Residency;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Upstream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes decisions and outcomes in binary, without any text of a request (decisions 29). Reused by one loop. {@link RecordReader} reads them
 * back.
 *
 * <p>Lists are cut at {@link #MAX_ITEMS}, rules at {@link #MAX_RULES}, strings at {@link Encoder#MAX_STRING} bytes: a record has a bound whatever a request holds (G8).
 */
final class RecordWriter {
  static final byte DECISION = 1;
  static final byte OUTCOME = 2;
  /** Of a decision's flags: regions stand at its end. What a later version adds goes behind them. */
  static final int RESIDENCY = 32;
  /** Of what may stand behind an outcome's list: tokens of its attempts, tokens of its answer. */
  static final int LEFT_TOKENS = 1;
  static final int USAGE = 2;
  /** A question that asks the same. */
  static final int LIKENESS = 4;
  static final int MAX_ITEMS = 32;
  static final int MAX_RULES = 64;
  /** No record is longer than this, with every list and every string at its bound. */
  static final int MAX_RECORD = 56 << 10;

  private final World world;
  private final Encoder out = new Encoder(MAX_RECORD);
  private String policyHex = "";
  private byte[] policyDigest = {};

  RecordWriter(World world) {
    this.world = world;
  }

  Encoder decision(long epochMicros, Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes) {
    ModelRequest request = decision.request();
    begin(DECISION, epochMicros, request.id());
    out.string(request.caller().tenant());
    out.string(request.caller().name());
    groups(request);
    out.counted(policy(decision.policyDigest()));
    out.counted(bodyDigest);
    out.octet(request.operation().ordinal());
    out.octet((request.stream() ? 1 : 0) | (request.sampled() ? 2 : 0) | (notes.transformed() ? 4 : 0)
        | (decision.auditDurable() ? 16 : 0) | (decision.residency().anywhere() ? 0 : RESIDENCY));
    out.octet(request.declared().ordinal());
    out.octet(request.sessionLabel().ordinal());
    LatencyClass wish = request.latencyWish();
    out.octet(wish == null ? 255 : wish.ordinal());
    out.int64(request.timeLeftNanos());
    out.int32(decision.bodyBytes());
    out.int32(decision.messages());
    out.string(world.lists(request.model()) ? request.model() : "");
    out.string(decision.region());
    Instant now = decision.now();
    out.int64(now.getEpochSecond());
    out.int32(now.getNano());
    out.octet(decision.sensitivity().ordinal());
    out.octet(decision.latencyClass().ordinal());
    out.octet(decision.route().size());
    for (Destination destination : decision.route()) {
      out.octet(destination.ordinal());
    }
    out.strings(decision.rules(), MAX_RULES);
    findings(findings);
    int size = Math.min(candidates.size(), MAX_ITEMS);
    out.octet(size);
    for (int i = 0; i < size; i++) {
      out.string(candidates.get(i).place());
    }
    upstreams(decision, candidates);
    Residency residency = decision.residency();
    if (!residency.anywhere()) {
      out.strings(residency.regions(), MAX_ITEMS);
    }
    return out;
  }

  Encoder outcome(long epochMicros, String requestId, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage) {
    begin(OUTCOME, epochMicros, requestId);
    Destination destination = route.destination();
    out.octet(destination == null ? 255 : destination.ordinal());
    out.string(route.upstream() == null ? "" : route.upstream());
    out.octet(route.cache().ordinal());
    out.octet(route.attempts());
    out.string(refusal == null ? "" : refusal.code());
    out.int64(durationNanos);
    List<LeftAttempt> left = route.left();
    int size = Math.min(left.size(), MAX_ITEMS);
    out.octet(size);
    for (int i = 0; i < size; i++) {
      LeftAttempt each = left.get(i);
      out.string(each.upstream());
      out.string(each.endpoint());
      out.string(each.why());
      out.int32((int) Math.min(Integer.MAX_VALUE, each.millis()));
    }
    boolean used = usage.inputTokens() >= 0 || usage.outputTokens() >= 0;
    boolean priced = size > 0 && priced(left);
    Likeness likeness = route.likeness();
    if (used || priced || likeness != null) {
      out.octet((used ? USAGE : 0) | (priced ? LEFT_TOKENS : 0) | (likeness != null ? LIKENESS : 0));
    }
    if (used) {
      tokens(usage.inputTokens());
      tokens(usage.outputTokens());
      tokens(usage.cachedTokens());
    }
    if (priced) {
      for (int i = 0; i < size; i++) {
        tokens(left.get(i).inputTokens());
        tokens(left.get(i).outputTokens());
      }
    }
    if (likeness != null) {
      out.string(likeness.body());
      out.int32(Float.floatToIntBits(likeness.score()));
      out.octet(likeness.served() ? 1 : 0);
    }
    return out;
  }

  private static boolean priced(List<LeftAttempt> left) {
    for (LeftAttempt each : left) {
      if (each.inputTokens() >= 0 || each.outputTokens() >= 0) {
        return true;
      }
    }
    return false;
  }

  /** -1 for a count that is not known. */
  private void tokens(long count) {
    out.int32((int) Math.max(-1, Math.min(Integer.MAX_VALUE, count)));
  }

  private void begin(byte kind, long epochMicros, String requestId) {
    out.begin(kind, epochMicros);
    out.string(requestId);
  }

  private void groups(ModelRequest request) {
    if (request.caller().groups().isEmpty()) {
      out.octet(0);
      return;
    }
    List<String> groups = new ArrayList<>(request.caller().groups());
    groups.sort(null);
    out.strings(groups, MAX_ITEMS);
  }

  /** Requests are decided by the same bundle again and again. */
  private byte[] policy(String hex) {
    if (!hex.equals(policyHex)) {
      policyDigest = HexFormat.of().parseHex(hex);
      policyHex = hex;
    }
    return policyDigest;
  }

  private void findings(Findings findings) {
    int troubles = 0;
    if (!findings.troubles().isEmpty()) {
      for (Findings.Trouble trouble : findings.troubles()) {
        troubles |= 1 << trouble.ordinal();
      }
    }
    out.octet(troubles);
    if (findings.list().isEmpty()) {
      out.octet(0);
      return;
    }
    record Kind(String type, io.tidegate.model.Likelihood likelihood, String detector) {}
    Map<Kind, Integer> counts = new LinkedHashMap<>();
    for (Finding finding : findings.list()) {
      Kind kind = new Kind(finding.type(), finding.likelihood(), finding.detector());
      if (counts.size() < MAX_ITEMS || counts.containsKey(kind)) {
        counts.merge(kind, 1, Integer::sum);
      }
    }
    out.octet(counts.size());
    counts.forEach((kind, seen) -> {
      out.string(kind.type());
      out.octet(kind.likelihood().ordinal());
      out.string(kind.detector());
      out.int32(seen);
    });
  }

  /** How each upstream stood, and why it is no candidate if it is none. */
  private void upstreams(Decision decision, List<Candidate> candidates) {
    List<Upstream> all = world.upstreams();
    int size = Math.min(all.size(), MAX_ITEMS);
    out.octet(size);
    for (int i = 0; i < size; i++) {
      Upstream upstream = all.get(i);
      Standing standing = world.standing(upstream.name());
      out.string(upstream.name());
      out.octet(Math.min(255, standing.up()));
      out.octet(Math.min(255, standing.endpoints()));
      out.octet((standing.accountClosed() ? 128 : 0) | why(decision, upstream, candidates).ordinal());
    }
  }

  private AuditRecord.Place why(Decision decision, Upstream upstream, List<Candidate> candidates) {
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i).upstream() == upstream) {
        return AuditRecord.Place.CANDIDATE;
      }
    }
    if (!decision.opens(upstream.zone())) {
      return AuditRecord.Place.ZONE_CLOSED;
    }
    if (!world.permits(upstream, decision.residency())) {
      return AuditRecord.Place.REGION_CLOSED;
    }
    return decision.request().operation() == Operation.EMBEDDING && !upstream.embeddings() ? AuditRecord.Place.NO_EMBEDDINGS
        : AuditRecord.Place.MODEL_NOT_SERVED;
  }
}
