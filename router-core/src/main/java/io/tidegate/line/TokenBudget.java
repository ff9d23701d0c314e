package io.tidegate.line;

import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What one request takes of its tenant's rates: reserved before anything is done for it, settled at its end by what was used. Confined to its walk.
 */
final class TokenBudget {
  /** Bytes of a body that make a token, roughly and rather too few: an estimate that is too high is given back. */
  private static final int BYTES_PER_TOKEN = 3;

  private final TenantLimits tenants;
  private final String tenant;
  private final long reserved;
  private boolean refused;
  /** Something was sent for it, though it made no attempt itself. */
  private boolean used;
  /** What is charged where that is not what was used. */
  private @Nullable Usage charge;

  private TokenBudget(TenantLimits tenants, String tenant, long reserved) {
    this.tenants = tenants;
    this.tenant = tenant;
    this.reserved = reserved;
  }

  /** Null where no tenant is limited. */
  static @Nullable TokenBudget of(Admission admission, ModelRequest request) {
    TenantLimits tenants = admission.tenants();
    if (tenants.none()) {
      return null;
    }
    String tenant = request.caller().tenant();
    return new TokenBudget(tenants, tenant, tenants.counted(tenant) ? estimate(request, admission.assumedOutput()) : 0);
  }

  /** Takes it; the refusal if there is nothing left. */
  @Nullable ErrorAnswer take(long nowNanos) {
    int seconds = tenants.take(tenant, reserved, nowNanos);
    refused = seconds != 0;
    return !refused ? null : new ErrorAnswer(Refusal.RATE_LIMITED, Refusal.RATE_LIMITED.httpStatus(),
        "This tenant has used up what it may ask for. Try again after the time given.", null, seconds);
  }

  /** A call that was merged of several was made for it. */
  void used() {
    used = true;
  }

  /** It is charged {@code instead}, whatever it uses. */
  void charge(Usage instead) {
    charge = instead;
  }

  /**
   * Gives back what was not used. Nothing where nothing was taken.
   *
   * @param attempted something was sent: where the upstream does not say what it used, the estimate stands
   */
  void settle(Usage usage, boolean attempted) {
    if (refused) {
      return;
    }
    Usage counted = charge == null ? usage : charge;
    boolean told = counted.inputTokens() >= 0 || counted.outputTokens() >= 0;
    if (told) {
      tenants.settle(tenant, reserved, Math.max(0, counted.inputTokens()) + Math.max(0, counted.outputTokens()));
    } else if (!attempted && !used) {
      tenants.settle(tenant, reserved, 0);
    }
  }

  private static long estimate(ModelRequest request, int assumedOutput) {
    JsonText json = request.prompt().json();
    long input = json.length() / BYTES_PER_TOKEN + 1;
    if (request.operation() == Operation.EMBEDDING) {
      return input;
    }
    long output = number(json, "max_completion_tokens");
    if (output < 0) {
      output = number(json, "max_tokens");
    }
    return input + (output < 0 ? assumedOutput : output);
  }

  private static long number(JsonText json, String name) {
    int node = json.member(0, name);
    if (node < 0 || json.kind(node) != Kind.NUMBER) {
      return -1;
    }
    double value = json.number(node);
    return value >= 0 && value <= 10_000_000 ? (long) value : -1;
  }
}
