package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.model.Destination;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import io.tidegate.time.Ticker;
import io.tidegate.wire.JsonText;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The edge cache of exact matches; implemented by {@code cache}. Any loop; never blocks. It is a {@link Ticker}: the lives of its answers are counted by
 * its own time.
 *
 * <p>{@link #get} tells what is at hand. Where {@link #goesDeeper}, {@link #find} asks what takes a round trip, and answers within a few milliseconds
 * whatever becomes of that trip.
 */
public interface AnswerCache extends Ticker {
  /** A stored answer that may still be used in some way, see {@link Life#at}; null for nothing. Without waiting. */
  @Nullable Stored get(Key key);

  /** Whether {@link #find} may know more than {@link #get}, for answers that may be kept outside of this process. */
  default boolean goesDeeper(Key key) {
    return false;
  }

  /**
   * Asks the layers that take time. Only where {@link #goesDeeper}.
   *
   * @param body whose digest is in {@code key}
   * @param done called once, on {@code loop}, later: with what was found, which {@link #get} then knows too, or with null
   */
  default void find(Key key, JsonText body, Loop loop, Consumer<@Nullable Stored> done) {
    loop.execute(() -> done.accept(null));
  }

  /** Keeps it where its {@link Life} allows, if it is worth its room. */
  void put(Key key, JsonText body, Stored answer);

  /** True if the caller is the one to ask the origin for a newer answer, and then tells {@link #refreshed}: one at a time for each key, and few in all. */
  default boolean mayRefresh(Key key) {
    return false;
  }

  /** Whoever was let by {@link #mayRefresh} is done, with or without an answer. */
  default void refreshed(Key key) {}

  /** How long its origin would take now until the first content of such an answer, drawn anew from what it took lately (hazard C4). */
  default long drawNanos(Key key, Stored answer) {
    return answer.origin().firstMicros() * 1_000L;
  }

  /**
   * Compared by value. Parameters, model, system prompt, tools and stream flag are part of the body, so its digest covers them (hazard C1).
   */
  final class Key {
    private final String sharingGroup;
    private final Sensitivity sensitivity;
    private final String policyDigest;
    private final Operation operation;
    // In the open rather than as an array: entries are many, and a quarter smaller for it.
    private final long digest0;
    private final long digest1;
    private final long digest2;
    private final long digest3;

    /**
     * @param sharingGroup partition (G4)
     * @param policyDigest a new bundle makes older entries unreachable (hazard C6)
     * @param bodyDigest keyed digest of the whole body, from {@link RequestDigest}; 32 bytes
     */
    public Key(String sharingGroup, Sensitivity sensitivity, String policyDigest, Operation operation, byte[] bodyDigest) {
      this.sharingGroup = sharingGroup;
      this.sensitivity = sensitivity;
      this.policyDigest = policyDigest;
      this.operation = operation;
      ByteBuffer digest = ByteBuffer.wrap(bodyDigest);
      this.digest0 = digest.getLong();
      this.digest1 = digest.getLong();
      this.digest2 = digest.getLong();
      this.digest3 = digest.getLong();
    }

    public String sharingGroup() {
      return sharingGroup;
    }

    public Sensitivity sensitivity() {
      return sensitivity;
    }

    public String policyDigest() {
      return policyDigest;
    }

    public Operation operation() {
      return operation;
    }

    /** 32 bytes. */
    public byte[] bodyDigest() {
      return ByteBuffer.allocate(32).putLong(digest0).putLong(digest1).putLong(digest2).putLong(digest3).array();
    }

    /** Whether only the bodies differ. */
    boolean sameButBody(Key key) {
      return sensitivity == key.sensitivity && operation == key.operation && sharingGroup.equals(key.sharingGroup) && policyDigest.equals(key.policyDigest);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && digest0 == key.digest0 && digest1 == key.digest1 && digest2 == key.digest2 && digest3 == key.digest3
          && sensitivity == key.sensitivity && operation == key.operation && sharingGroup.equals(key.sharingGroup)
          && policyDigest.equals(key.policyDigest);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(digest0) + sharingGroup.hashCode();
    }

    @Override
    public String toString() {
      return "Key[" + sharingGroup + ", " + sensitivity + ", " + operation + "]";
    }
  }

  /**
   * A complete, successful answer.
   *
   * @param body JSON, or the frames of a stream exactly as they were sent; owned by the cache, not to be changed
   */
  record Stored(byte[] body, Origin origin, Life life) {
    /** An answer of JSON that nothing is known of but who gave it. */
    public static Stored of(byte[] body, String upstream, long nowNanos, int freshSeconds) {
      return new Stored(body, Origin.of(upstream), new Life(nowNanos, freshSeconds, 0, 0, false, false));
    }

    /** A view for one reader. */
    public ByteBuf view() {
      return Unpooled.wrappedBuffer(body).asReadOnly();
    }

    public String upstream() {
      return origin.upstream;
    }
  }

  /**
   * Where an answer came from. What it may be purged by is here: tenant, model, session.
   *
   * @param tenant whose request it answered
   * @param model as the upstream was asked for it
   * @param session keyed digest of its conversation, from {@link RequestDigest#session}; 0 for none
   * @param tokens that an answer from here saves
   * @param firstMicros from the request's arrival to the first content, or to the whole answer where it is JSON
   * @param shape how a stream came, see {@link Shape}; empty for JSON
   */
  record Origin(String upstream, Destination destination, String tenant, String model, long session, int tokens, int firstMicros, byte[] shape) {
    static Origin of(String upstream) {
      return new Origin(upstream, Destination.PRIVATE, "", "", 0, 0, 0, Shape.NONE);
    }
  }

  /**
   * How long an answer may be used, and where it may be kept.
   *
   * @param bornNanos when its request came, by the cache's time: what it says is no younger (RFC 9111 section 4.2.3)
   * @param freshSeconds like one of the origin
   * @param staleSeconds after that while a newer one is asked for
   * @param errorSeconds after its freshness where the origin fails
   * @param outside whether it may be kept outside of this process, sealed; never RESTRICTED (decisions 5)
   * @param timed whether what its origin took is to be learnt, for {@link #drawNanos}
   */
  record Life(long bornNanos, int freshSeconds, int staleSeconds, int errorSeconds, boolean outside, boolean timed) {
    private static final long SECOND = 1_000_000_000L;

    /** What it may be used for. */
    public enum State { FRESH, STALE, ON_ERROR, OVER }

    public State at(long nanos) {
      long age = nanos - bornNanos;
      if (age < freshSeconds * SECOND) {
        return State.FRESH;
      }
      if (age < (freshSeconds + (long) staleSeconds) * SECOND) {
        return State.STALE;
      }
      return age < (freshSeconds + (long) errorSeconds) * SECOND ? State.ON_ERROR : State.OVER;
    }

    /** From its birth to its end. */
    public long wholeNanos() {
      return (freshSeconds + (long) Math.max(staleSeconds, errorSeconds)) * SECOND;
    }
  }
}
