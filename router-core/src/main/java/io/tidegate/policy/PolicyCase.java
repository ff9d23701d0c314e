package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.yaml.YamlPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One inline test of a policy file: a request and what is expected of it. {@code io.tidegate.assay} runs it.
 *
 * @param text the user's message, with placeholders such as <code>{{cn_id}}</code>; null if {@code body} is given
 * @param body a whole JSON body instead; null if {@code text} is given
 * @param timeLeftNanos 0 for no deadline
 * @param region where the daemon stands
 * @param now the time at which it decides; {@link #NOON} if the test does not say
 * @param world the state of everything else; null if the test says nothing of it
 */
public record PolicyCase(String name, YamlPosition position, @Nullable String text, @Nullable String body, Caller caller, Operation operation,
    String model, boolean stream, boolean sampled, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos,
    String region, Instant now, @Nullable CaseWorld world, Expected expected) {

  /** A Monday, at noon UTC: tests mean the same on every day. */
  public static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  /** Whether the request is to be walked to its end, rather than only decided. */
  public boolean walks() {
    return world != null || expected.answeredBy() != null || expected.refusal() != null || expected.attempts() != null;
  }

  /** Without the text. */
  @Override
  public String toString() {
    return "PolicyCase[" + name + "]";
  }

  /**
   * What must come out; null fields are not looked at.
   *
   * @param rules exactly these enforced rules, in any order
   * @param shadow exactly these shadow rules would have fired
   * @param answeredBy where the answer came from
   * @param refusal code of the error instead of an answer
   * @param attempts endpoints that were tried
   */
  public record Expected(@Nullable Sensitivity sensitivity, @Nullable List<String> rules, @Nullable List<String> shadow,
      @Nullable LatencyClass latencyClass, @Nullable List<Destination> route, @Nullable Destination answeredBy, @Nullable String refusal,
      @Nullable Integer attempts) {}
}
