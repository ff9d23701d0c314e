package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Decision;
import org.jspecify.annotations.Nullable;

/** The exact edge cache; implemented by {@code cache}. Any loop; never blocks. */
public interface AnswerCache {
  /** Key for a decided request: sharing group, sensitivity, bundle, operation, and a keyed digest of the whole body. */
  Key key(Decision decision);

  /** A fresh stored answer, or null. */
  @Nullable Stored get(Key key);

  void put(Key key, Stored answer, int ttlSeconds);

  /** Compared by value. */
  record Key(String sharingGroup, String sensitivity, String policyDigest, String operation, boolean stream, String bodyDigest) {}

  /**
   * A complete, successful answer.
   *
   * @param body JSON, or the frames of a stream exactly as they were sent; owned by the cache, not to be changed
   * @param upstream who answered it
   */
  record Stored(byte[] body, String upstream) {
    /** A view for one reader. */
    public ByteBuf view() {
      return io.netty.buffer.Unpooled.wrappedBuffer(body).asReadOnly();
    }
  }
}
