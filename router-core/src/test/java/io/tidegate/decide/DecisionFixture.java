package io.tidegate.decide;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.Verdict;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.Splices;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Decisions and clearances as a decider would make them, and such as it never would: for tests of the rooms behind it. */
public final class DecisionFixture {
  private DecisionFixture() {}

  public static ModelRequest request(String id, Operation operation, String model, boolean stream, String body) {
    try {
      JsonText json = JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      return new ModelRequest(id, operation, new Prompt(json), model, stream, false, true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0,
          CacheDirective.DEFAULT, 0);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Decision decision(ModelRequest request, Sensitivity sensitivity, Destination... route) {
    return counted(request, -1, sensitivity, route);
  }

  /** A decision by rules that read the number of messages. */
  public static Decision counted(ModelRequest request, int messages, Sensitivity sensitivity, Destination... route) {
    return new Decision(request, Verdict.of(sensitivity, LatencyClass.STANDARD, List.of(route),
        new Verdict.CacheRights(false, false, false, "default", 0), List.of(), false), "00", "", Instant.EPOCH, request.prompt().json().length(), messages);
  }

  /** A decision of a bundle with rights to the cache. */
  public static Decision cached(ModelRequest request, Sensitivity sensitivity, Verdict.CacheRights rights, String policyDigest, Destination... route) {
    return new Decision(request, Verdict.of(sensitivity, LatencyClass.STANDARD, List.of(route), rights, List.of(), false), policyDigest, "", Instant.EPOCH,
        request.prompt().json().length(), -1);
  }

  /** A decision with conditions in its route. */
  public static Decision stepped(ModelRequest request, Sensitivity sensitivity, RouteStep... steps) {
    return new Decision(request, new Verdict(sensitivity, LatencyClass.STANDARD, List.of(steps),
        new Verdict.CacheRights(false, false, false, "default", 0), List.of(), false), "00", "", Instant.EPOCH, request.prompt().json().length(), -1);
  }

  /** A clearance for {@code upstream}, whatever the decision says. */
  public static Clearance clearance(Decision decision, Upstream upstream) {
    return clearance(decision, upstream.name(), upstream.zone());
  }

  /** One for an upstream's part in a region. */
  public static Clearance clearance(Decision decision, String upstream, String place, Zone zone) {
    return new Clearance(decision, upstream, place, zone, new Splices(decision.request().prompt().json()).apply());
  }

  public static Clearance clearance(Decision decision, String upstream, Zone zone) {
    return new Clearance(decision, upstream, upstream, zone, new Splices(decision.request().prompt().json()).apply());
  }
}
