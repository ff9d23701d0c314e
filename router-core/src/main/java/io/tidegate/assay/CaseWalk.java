package io.tidegate.assay;

import io.tidegate.assay.world.Performance;
import io.tidegate.assay.world.Rehearsal;
import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.assay.world.World;
import io.tidegate.line.Rules;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.CaseWorld.Cache;
import io.tidegate.policy.PolicyCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Walks a test's request to its end in the world that the test states. */
final class CaseWalk {
  /** An identity that no policy file can name, since an empty name is a mistake there. */
  private static final Caller SOMEBODY_ELSE = new Caller("", "");

  private CaseWalk() {}

  /** How the end differs from what the test expects; empty if it does not. */
  static List<String> failures(PolicyCase test, ModelRequest request, Rules rules, RehearsalPorts ports) {
    CaseWorld state = test.world() == null ? CaseWorld.WELL : test.world();
    Rehearsal rehearsal = Rehearsal.toTheEnd(rules, ports);
    rehearsal.watch(Rehearsal.MARKER, test.now());
    if (state.cache() == Cache.HIT) {
      rehearsal.remember(request, false);
    } else if (state.cache() == Cache.OTHER_TENANT) {
      rehearsal.remember(as(request, SOMEBODY_ELSE), true);
    }
    Performance seen = rehearsal.walk(request, World.of(state));
    PolicyCase.Expected expected = test.expected();
    List<String> failures = new ArrayList<>();
    String end = end(seen);
    if (expected.answeredBy() != null && (seen.brokenOff() || expected.answeredBy() != seen.answeredBy())) {
      failures.add("the request is " + end + ", expected answered by " + word(expected.answeredBy()));
    }
    if (expected.refusal() != null && (seen.refusal() == null || !is(seen.refusal(), expected.refusal()))) {
      failures.add("the request is " + end + ", expected refused with " + expected.refusal());
    }
    if (expected.attempts() != null && expected.attempts() != seen.sent().size()) {
      failures.add(seen.sent().size() + " endpoints were tried, expected " + expected.attempts());
    }
    if (!failures.isEmpty()) {
      failures.add("in the world: " + World.of(state) + "; tried: " + (seen.sent().isEmpty() ? "nobody"
          : String.join(", ", seen.sent().stream().map(Performance.Sent::endpoint).toList())));
    }
    return failures;
  }

  private static String end(Performance seen) {
    Destination by = seen.answeredBy();
    if (seen.refusal() != null) {
      return (seen.brokenOff() ? "broken off with " : "refused with ") + seen.refusal().code();
    }
    return by == null ? "not answered" : "answered by " + word(by);
  }

  private static ModelRequest as(ModelRequest request, Caller caller) {
    return new ModelRequest(request.id(), request.operation(), request.prompt(), request.model(), request.stream(), request.usageAsked(), request.sampled(), caller,
        request.declared(), request.latencyWish(), request.timeLeftNanos(), request.cacheDirective(), request.arrivedNanos());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A file that binds content to regions makes no test of another file wrong: that nobody who is permitted is up is still true. */
  private static boolean is(Refusal refusal, String code) {
    boolean region = refusal == Refusal.NO_PERMITTED_REGION || refusal == Refusal.NO_REGION_SERVES;
    return refusal.code().equals(code) || region && code.equals(Refusal.NO_PERMITTED_UPSTREAM.code());
  }
}
