package io.tidegate.daemon.policy;

import io.tidegate.policy.signature.Accepted;
import io.tidegate.wire.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The policy in force on the status page. */
final class PolicyStatus {
  private PolicyStatus() {}

  /**
   * Writes a JSON object.
   *
   * @param newest how the newest attempt ended
   * @param shadow null where nothing watches
   */
  static void write(JsonWriter out, InForce now, String place, boolean signaturesRequired, @Nullable ReloadOutcome newest, List<String> warnings,
      @Nullable ShadowWatch shadow, String shadowDigest) {
    out.beginObject().key("version").string(now.bundle().version()).key("digest").string(now.bundle().digest()).key("since").string(now.since().toString())
        .key("place").string(place).key("signatures").string(signaturesRequired ? "required" : "off");
    Accepted signed = now.signed();
    if (signed != null) {
      out.key("bundle").string(signed.name()).key("revision").number(signed.revision()).key("signed_by").beginArray();
      now.signers().forEach(out::string);
      out.endArray();
    }
    now.bundle().nextExpiry().ifPresent(day -> out.key("next_expiry").string(day.toString()));
    if (newest != null) {
      out.key("last_attempt");
      newest.write(out);
    }
    out.key("warnings").beginArray();
    warnings.forEach(out::string);
    out.endArray();
    if (shadow != null) {
      out.key("shadow").beginObject().key("place").string(shadow.place()).key("digest").string(shadowDigest);
      if (!shadow.problem().isEmpty()) {
        out.key("problem").string(shadow.problem());
      }
      out.endObject();
    }
    out.endObject();
  }
}
