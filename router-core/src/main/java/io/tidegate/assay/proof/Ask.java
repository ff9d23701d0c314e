package io.tidegate.assay.proof;

import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for what, with which content.
 *
 * @param latencyWish null where the caller states none
 * @param now civil time, for rules that read it
 */
record Ask(ContentKind content, Caller caller, Operation operation, String model, boolean stream, boolean sampled, @Nullable LatencyClass latencyWish,
    Instant now) {

  ModelRequest request(Prompts prompts, Caller as) {
    return new ModelRequest("proof", operation, prompts.of(content, operation, model, stream), model, stream, false, sampled, as, content.declared(),
        latencyWish, 0, io.tidegate.model.CacheDirective.DEFAULT, 0);
  }

  ModelRequest request(Prompts prompts) {
    return request(prompts, caller);
  }

  /** In words, for a report. */
  String words() {
    return operation.name().toLowerCase(java.util.Locale.ROOT) + (stream ? ", streamed" : "") + (sampled ? "" : ", temperature 0")
        + (latencyWish == null ? "" : ", wants " + latencyWish) + ", model \"" + model + "\"";
  }
}
