package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The exact edge cache; implemented by {@code cache}. Any loop; never blocks. */
public interface AnswerCache {
  /** A fresh stored answer, or null. */
  @Nullable Stored get(Key key);

  void put(Key key, Stored answer, int ttlSeconds);

  /**
   * Compared by value. Parameters, model and stream flag are part of the body, so its digest covers them.
   *
   * @param sharingGroup partition (G4)
   * @param policyDigest a new bundle makes older entries unreachable (hazard C6)
   * @param bodyDigest keyed digest of the whole body, from {@link RequestDigest}
   */
  record Key(String sharingGroup, Sensitivity sensitivity, String policyDigest, Operation operation, ByteBuffer bodyDigest) {
    // By hand: a record's own are linked at their first use, which no class cache keeps, and cost a start some ten milliseconds.
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && bodyDigest.equals(key.bodyDigest) && sensitivity == key.sensitivity && operation == key.operation
          && sharingGroup.equals(key.sharingGroup) && policyDigest.equals(key.policyDigest);
    }

    @Override
    public int hashCode() {
      return 31 * bodyDigest.hashCode() + sharingGroup.hashCode();
    }
  }

  /**
   * A complete, successful answer.
   *
   * @param body JSON, or the frames of a stream exactly as they were sent; owned by the cache, not to be changed
   * @param upstream who answered it
   */
  record Stored(byte[] body, String upstream) {
    /** A view for one reader. */
    public ByteBuf view() {
      return Unpooled.wrappedBuffer(body).asReadOnly();
    }
  }
}
