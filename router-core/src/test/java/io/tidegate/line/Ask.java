package io.tidegate.line;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request in the making: harmless, not sampled, for {@code auto}, unless said otherwise. */
record Ask(String text, String model, boolean streamed, boolean sampling, String tenant, Sensitivity declared, @Nullable LatencyClass wish,
    long timeLeftNanos, CacheDirective directive, @Nullable String session, String region) {

  static Ask about(String text) {
    return new Ask(text, "auto", false, false, "default", Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, null, "");
  }

  static Ask harmless() {
    return about("sort a list");
  }

  static Ask restricted() {
    return about("my SECRETWORD please");
  }

  static Ask confidential() {
    return about("write to CONTACTWORD");
  }

  Ask stream() {
    return new Ask(text, model, true, sampling, tenant, declared, wish, timeLeftNanos, directive, session, region);
  }

  Ask model(String name) {
    return new Ask(text, name, streamed, sampling, tenant, declared, wish, timeLeftNanos, directive, session, region);
  }

  Ask sampled() {
    return new Ask(text, model, streamed, true, tenant, declared, wish, timeLeftNanos, directive, session, region);
  }

  Ask of(String who) {
    return new Ask(text, model, streamed, sampling, who, declared, wish, timeLeftNanos, directive, session, region);
  }

  Ask declared(Sensitivity sensitivity) {
    return new Ask(text, model, streamed, sampling, tenant, sensitivity, wish, timeLeftNanos, directive, session, region);
  }

  Ask wish(LatencyClass latencyClass) {
    return new Ask(text, model, streamed, sampling, tenant, declared, latencyClass, timeLeftNanos, directive, session, region);
  }

  Ask within(long nanos) {
    return new Ask(text, model, streamed, sampling, tenant, declared, wish, nanos, directive, session, region);
  }

  Ask cache(CacheDirective said) {
    return new Ask(text, model, streamed, sampling, tenant, declared, wish, timeLeftNanos, said, session, region);
  }

  /** A turn of this conversation. */
  Ask in(String name) {
    return new Ask(text, model, streamed, sampling, tenant, declared, wish, timeLeftNanos, directive, name, region);
  }

  /** From a caller there. */
  Ask region(String where) {
    return new Ask(text, model, streamed, sampling, tenant, declared, wish, timeLeftNanos, directive, session, where);
  }

  ModelRequest request(String id, long nowNanos) {
    String body = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}],\"temperature\":" + (sampling ? 1 : 0)
        + (streamed ? ",\"stream\":true" : "") + "}";
    try {
      return new ModelRequest(id, Operation.CHAT, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)), model,
          streamed, false, sampling, new Caller(tenant, "job"), declared, wish, timeLeftNanos, directive, nowNanos,
          session, Sensitivity.PUBLIC, region);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
