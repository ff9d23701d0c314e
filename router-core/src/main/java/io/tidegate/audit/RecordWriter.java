package io.tidegate.audit;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes records in binary, without any text of a request (decisions 29). Reused by one loop. {@link RecordReader} reads them back.
 *
 * <p>Lists are cut at {@link #MAX_ITEMS}, strings at {@link #MAX_STRING} bytes: a record has a bound whatever a request holds (G8).
 */
final class RecordWriter {
  static final byte DECISION = 1;
  static final byte OUTCOME = 2;
  static final int MAX_ITEMS = 64;
  static final int MAX_STRING = 200;
  private static final int MAX_RECORD = 64 << 10;

  private final byte[] buffer = new byte[MAX_RECORD];
  private int length;

  byte[] buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  void decision(long sequence, long epochMicros, Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest) {
    ModelRequest request = decision.request();
    begin(DECISION, sequence, epochMicros, request.id());
    string(request.caller().tenant());
    string(request.caller().name());
    digest(decision.policyDigest());
    bytes(bodyDigest);
    octet(request.operation().ordinal());
    octet((request.stream() ? 1 : 0) | (request.sampled() ? 2 : 0));
    octet(request.declared().ordinal());
    LatencyClass wish = request.latencyWish();
    octet(wish == null ? 255 : wish.ordinal());
    int64(request.timeLeftNanos());
    int32(request.prompt().json().length());
    octet(decision.sensitivity().ordinal());
    octet(decision.latencyClass().ordinal());
    count(decision.route().size());
    for (Destination destination : decision.route()) {
      octet(destination.ordinal());
    }
    strings(decision.rules());
    findings(findings);
    count(Math.min(candidates.size(), MAX_ITEMS));
    for (int i = 0; i < Math.min(candidates.size(), MAX_ITEMS); i++) {
      string(candidates.get(i).upstream().name());
    }
  }

  void outcome(long sequence, long epochMicros, String requestId, RouteInfo route, @Nullable Refusal refusal, long durationNanos) {
    begin(OUTCOME, sequence, epochMicros, requestId);
    Destination destination = route.destination();
    octet(destination == null ? 255 : destination.ordinal());
    string(route.upstream() == null ? "" : route.upstream());
    octet(route.cache().ordinal());
    octet(route.attempts());
    string(refusal == null ? "" : refusal.code());
    int64(durationNanos);
  }

  private void begin(byte kind, long sequence, long epochMicros, String requestId) {
    length = 0;
    octet(kind);
    int64(sequence);
    int64(epochMicros);
    string(requestId);
  }

  private void findings(Findings findings) {
    int troubles = 0;
    for (Findings.Trouble trouble : findings.troubles()) {
      troubles |= 1 << trouble.ordinal();
    }
    octet(troubles);
    if (findings.list().isEmpty()) {
      count(0);
      return;
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Finding finding : findings.list()) {
      String key = finding.type() + '/' + finding.likelihood() + '/' + finding.detector();
      if (counts.size() < MAX_ITEMS || counts.containsKey(key)) {
        counts.merge(key, 1, Integer::sum);
      }
    }
    count(counts.size());
    counts.forEach((key, seen) -> {
      string(key);
      int32(seen);
    });
  }

  private void strings(List<String> values) {
    int size = Math.min(values.size(), MAX_ITEMS);
    count(size);
    for (int i = 0; i < size; i++) {
      string(values.get(i));
    }
  }

  private void digest(String hex) {
    bytes(HexFormat.of().parseHex(hex));
  }

  private void bytes(byte[] value) {
    count(value.length);
    System.arraycopy(value, 0, buffer, length, value.length);
    length += value.length;
  }

  private void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    int size = utf8.length <= MAX_STRING ? utf8.length : wholeCharacters(utf8);
    octet(size);
    System.arraycopy(utf8, 0, buffer, length, size);
    length += size;
  }

  /** The greatest length up to {@link #MAX_STRING} that cuts no character in two. */
  private static int wholeCharacters(byte[] utf8) {
    int size = MAX_STRING;
    while ((utf8[size] & 0xc0) == 0x80) {
      size--;
    }
    return size;
  }

  private void count(int value) {
    octet(value);
  }

  private void octet(int value) {
    buffer[length++] = (byte) value;
  }

  private void int32(int value) {
    octet(value >>> 24);
    octet(value >>> 16);
    octet(value >>> 8);
    octet(value);
  }

  private void int64(long value) {
    int32((int) (value >>> 32));
    int32((int) value);
  }
}
