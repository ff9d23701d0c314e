package io.tidegate.audit;

import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.model.Destination;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what {@link RecordWriter} wrote. */
final class RecordReader {
  private final ByteBuffer in;

  private RecordReader(ByteBuffer payload) {
    this.in = payload;
  }

  static AuditRecord read(ByteBuffer payload) {
    return new RecordReader(payload).record();
  }

  private AuditRecord record() {
    byte kind = in.get();
    long sequence = in.getLong();
    Instant time = Instant.EPOCH.plus(in.getLong(), ChronoUnit.MICROS);
    String id = string();
    return switch (kind) {
      case RecordWriter.DECISION -> decided(sequence, time, id);
      case RecordWriter.OUTCOME -> ended(sequence, time, id);
      default -> throw new IllegalArgumentException("unknown kind of record");
    };
  }

  private Decided decided(long sequence, Instant time, String id) {
    String tenant = string();
    String caller = string();
    String policy = hex();
    String body = hex();
    Operation operation = Operation.values()[octet()];
    int flags = octet();
    Sensitivity declared = Sensitivity.values()[octet()];
    int wish = octet();
    long timeLeft = in.getLong();
    int bodyBytes = in.getInt();
    Sensitivity sensitivity = Sensitivity.values()[octet()];
    LatencyClass latencyClass = LatencyClass.values()[octet()];
    List<Destination> route = new ArrayList<>();
    for (int n = octet(); n > 0; n--) {
      route.add(Destination.values()[octet()]);
    }
    List<String> rules = strings();
    int bits = octet();
    Set<Findings.Trouble> troubles = EnumSet.noneOf(Findings.Trouble.class);
    for (Findings.Trouble trouble : Findings.Trouble.values()) {
      if ((bits >> trouble.ordinal() & 1) != 0) {
        troubles.add(trouble);
      }
    }
    Map<String, Integer> findings = new LinkedHashMap<>();
    for (int n = octet(); n > 0; n--) {
      String key = string();
      findings.put(key, in.getInt());
    }
    return new Decided(sequence, time, id, tenant, caller, policy, body, operation, (flags & 1) != 0, (flags & 2) != 0, declared,
        wish == 255 ? null : LatencyClass.values()[wish], timeLeft, bodyBytes, sensitivity, latencyClass, route, rules, troubles, findings,
        strings());
  }

  private Ended ended(long sequence, Instant time, String id) {
    int destination = octet();
    String upstream = string();
    CacheOutcome cache = CacheOutcome.values()[octet()];
    int attempts = octet();
    String refusal = string();
    return new Ended(sequence, time, id, destination == 255 ? null : Destination.values()[destination], upstream, cache, attempts, refusal,
        in.getLong());
  }

  private int octet() {
    return in.get() & 0xff;
  }

  private byte[] bytes() {
    byte[] value = new byte[octet()];
    in.get(value);
    return value;
  }

  private String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  private String string() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private List<String> strings() {
    List<String> values = new ArrayList<>();
    for (int n = octet(); n > 0; n--) {
      values.add(string());
    }
    return values;
  }
}
