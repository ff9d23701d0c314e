package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Decision;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.policy.Verdict.CacheRights;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one request may do with the edge cache, and the copy of its answer while that is being made. Confined to the walk's loop.
 *
 * <p>Only whole, successful answers reach {@link #store} (hazards C2, C5); an answer longer than the bound is passed on and not stored.
 */
final class CacheUse {
  private final Rooms rooms;
  private final Decision decision;
  private final AnswerCache.@Nullable Key key;
  private final boolean read;
  private final boolean store;
  private boolean hit;
  private @Nullable ByteArrayOutputStream copy;
  private boolean tooLong;

  private CacheUse(Rooms rooms, Decision decision, byte[] bodyDigest, boolean read, boolean store) {
    this.rooms = rooms;
    this.decision = decision;
    this.read = read;
    this.store = store;
    this.key = read || store ? new AnswerCache.Key(decision.cacheRights().sharingGroup(), decision.sensitivity(), decision.policyDigest(),
        decision.request().operation(), ByteBuffer.wrap(bodyDigest)) : null;
  }

  static CacheUse of(Rooms rooms, Decision decision, byte[] bodyDigest) {
    CacheRights rights = decision.cacheRights();
    CacheDirective directive = decision.request().cacheDirective();
    boolean permitted = decision.route().contains(Destination.EDGE_CACHE) && directive != CacheDirective.NO_STORE
        && (rights.sampled() || !decision.request().sampled());
    return new CacheUse(rooms, decision, bodyDigest, permitted && rights.read() && directive == CacheDirective.DEFAULT,
        permitted && rights.store());
  }

  AnswerCache.@Nullable Stored lookUp() {
    AnswerCache.Stored found = read && key != null ? rooms.cache().get(key) : null;
    hit = found != null;
    return found;
  }

  /** The key under which an answer to an equal request would do for this one; null if none would. */
  AnswerCache.@Nullable Key readable() {
    return read ? key : null;
  }

  CacheOutcome outcome() {
    if (hit) {
      return CacheOutcome.HIT;
    }
    return read ? CacheOutcome.MISS : CacheOutcome.BYPASS;
  }

  /** Copies {@code part} of the answer; its indices stay as they are. */
  void record(ByteBuf part) {
    if (!store || tooLong) {
      return;
    }
    int have = copy == null ? 0 : copy.size();
    if (have + part.readableBytes() > rooms.config().replayBytes()) {
      tooLong = true;
      copy = null;
      return;
    }
    byte[] bytes = new byte[part.readableBytes()];
    part.getBytes(part.readerIndex(), bytes);
    if (copy == null) {
      copy = new ByteArrayOutputStream(bytes.length);
    }
    copy.writeBytes(bytes);
  }

  /** @param transformed another text than the caller's was answered, and the answer restored: never for other tenants (decisions 13) */
  void store(String upstream, boolean transformed) {
    boolean shared = !decision.cacheRights().sharingGroup().equals("tenant:" + decision.request().caller().tenant());
    if (key != null && copy != null && !tooLong && !(transformed && shared)) {
      rooms.cache().put(key, new AnswerCache.Stored(copy.toByteArray(), upstream), decision.cacheRights().ttlSeconds());
    }
    copy = null;
  }

  /** A failed attempt's pieces must not become part of the next one's answer; and nothing is kept once the request is over. */
  void forget() {
    copy = null;
    tooLong = false;
  }
}
