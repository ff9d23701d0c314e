package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Origin;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What to remove: answers that fit all that is given; all answers if nothing is.
 *
 * @param tenant whose request was answered, or who has the answer in its partition alone
 * @param model as its upstream was asked for it
 * @param policy a bundle's whole digest
 * @param session keyed digest of a conversation, from {@code RequestDigest.session}
 */
public record Purge(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable Long session) {
  static final Purge ALL = new Purge(null, null, null, null);

  boolean fits(Key key, Origin origin) {
    return (tenant == null || origin.tenant().equals(tenant) || key.sharingGroup().equals("tenant:" + tenant))
        && (model == null || origin.model().equals(model))
        && (policy == null || key.policyDigest().equals(policy))
        && (session == null || origin.session() == session);
  }

  /** The same for entries that are sealed: by their tags. Where another version put its tags is not known here, so what it wrote goes with every purge. */
  Predicate<byte[]> inHeads(Sealing sealing) {
    byte[][] wanted = new byte[Sealing.Tag.values().length][];
    wanted[Sealing.Tag.TENANT.ordinal()] = tenant == null ? new byte[0] : sealing.tag(Sealing.Tag.TENANT, tenant);
    wanted[Sealing.Tag.MODEL.ordinal()] = model == null ? new byte[0] : sealing.tag(Sealing.Tag.MODEL, model);
    wanted[Sealing.Tag.POLICY.ordinal()] = policy == null ? new byte[0] : sealing.tag(Sealing.Tag.POLICY, policy);
    wanted[Sealing.Tag.SESSION.ordinal()] = session == null ? new byte[0] : sealing.tag(Sealing.Tag.SESSION, Long.toHexString(session));
    return head -> {
      if (head.length > 0 && head[0] != Sealing.VERSION && head[0] > 0 && head[0] <= Sealing.MOST_VERSION) {
        return true;
      }
      for (Sealing.Tag tag : Sealing.Tag.values()) {
        byte[] want = wanted[tag.ordinal()];
        if (want.length > 0 && (head.length < Sealing.HEAD_BYTES || !Arrays.equals(head, tag.offset(), tag.offset() + want.length, want, 0, want.length))) {
          return false;
        }
      }
      return true;
    };
  }
}
