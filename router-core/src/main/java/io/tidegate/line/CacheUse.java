package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Decision;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.Likeness;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.policy.Verdict;
import io.tidegate.policy.Verdict.CacheRights;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What one request may do with the edge cache, and the copy of its answer while that is being made. Confined to the walk's loop.
 *
 * <p>Only whole, successful answers reach {@link #store} (hazards C2, C5); an answer longer than the bound, or one that its origin filtered or cut short
 * (C3), is passed on and not stored.
 */
final class CacheUse {
  private static final int BYTES_PER_TOKEN = 4;

  private final Rooms rooms;
  private final Decision decision;
  private final AnswerCache.@Nullable Key key;
  private final boolean read;
  private final boolean store;
  private CacheOutcome outcome;
  private @Nullable ByteArrayOutputStream copy;
  private @Nullable Shape shape;
  private long firstNanos;
  private boolean tooLong;
  private SemanticCache.@Nullable Question question;
  private @Nullable Likeness likeness;

  private CacheUse(Rooms rooms, Decision decision, byte[] bodyDigest, boolean read, boolean store) {
    this.rooms = rooms;
    this.decision = decision;
    this.read = read;
    this.store = store;
    this.outcome = read ? CacheOutcome.MISS : CacheOutcome.BYPASS;
    this.key = read || store ? new AnswerCache.Key(decision.cacheRights().sharingGroup(), decision.sensitivity(), decision.policyDigest(),
        decision.request().operation(), bodyDigest) : null;
  }

  static CacheUse of(Rooms rooms, Decision decision, byte[] bodyDigest) {
    CacheRights rights = decision.cacheRights();
    CacheDirective directive = decision.request().cacheDirective();
    boolean permitted = decision.route().contains(Destination.EDGE_CACHE) && directive != CacheDirective.NO_STORE
        && (rights.sampled() || !decision.request().sampled());
    return new CacheUse(rooms, decision, bodyDigest, permitted && rights.read() && directive == CacheDirective.DEFAULT,
        permitted && rights.store());
  }

  CacheRights rights() {
    return decision.cacheRights();
  }

  ModelRequest request() {
    return decision.request();
  }

  /** An answer that may be given now; null if there is none at hand. */
  @Nullable Stored lookUp() {
    Stored found = read && key != null ? rooms.cache().get(key) : null;
    return found != null && state(found).compareTo(Life.State.STALE) <= 0 ? found : null;
  }

  /** One that may be given because the origin failed. */
  @Nullable Stored onError() {
    Stored found = read && key != null && rights().errorSeconds() > 0 ? rooms.cache().get(key) : null;
    return found != null && state(found) != Life.State.OVER ? found : null;
  }

  Life.State state(Stored found) {
    return found.life().at(rooms.cache().nanos());
  }

  /** Whether to ask what takes a round trip. */
  boolean goesDeeper() {
    return read && key != null && rights().outside() && rooms.cache().goesDeeper(key);
  }

  /** The key under which an answer to an equal request would do for this one; null if none would. */
  AnswerCache.@Nullable Key readable() {
    return read ? key : null;
  }

  AnswerCache.@Nullable Key key() {
    return key;
  }

  CacheOutcome outcome() {
    return outcome;
  }

  /** It is answered by what was stored. */
  void answeredBy(CacheOutcome how) {
    outcome = how;
  }

  /** Decides as it is allowed to be decided by questions in other words; null for by none. */
  Verdict.@Nullable Semantic semantic() {
    return read && key != null ? rights().semantic() : null;
  }

  Decision decision() {
    return decision;
  }

  /** It is looked for in other words, and may be found in its own once it is answered. */
  void asked(SemanticCache.@Nullable Question asked) {
    question = asked;
  }

  void like(Likeness found) {
    likeness = found;
  }

  @Nullable Likeness likeness() {
    return likeness;
  }

  /** Copies {@code part} of the answer, which came {@code sinceNanos} after its request; its indices stay as they are. */
  void record(ByteBuf part, long sinceNanos) {
    if (!store || tooLong) {
      return;
    }
    int have = copy == null ? 0 : copy.size();
    if (have + part.readableBytes() > rooms.config().replayBytes()) {
      forget();
      tooLong = true;
      return;
    }
    byte[] bytes = new byte[part.readableBytes()];
    part.getBytes(part.readerIndex(), bytes);
    if (copy == null) {
      copy = new ByteArrayOutputStream(bytes.length);
      firstNanos = sinceNanos;
    }
    copy.writeBytes(bytes);
    if (request().stream() && bytes.length > 0) {
      if (shape == null) {
        shape = new Shape();
      }
      shape.piece(bytes.length, sinceNanos);
    }
  }

  /**
   * @param model as the upstream was asked for it
   * @param sinceNanos since the request came
   * @param transformed another text than the caller's was answered, and the answer restored: never for other tenants (decisions 13)
   */
  void store(String upstream, Destination from, String model, Usage usage, boolean transformed, long sinceNanos) {
    String tenant = request().caller().tenant();
    boolean shared = !rights().sharingGroup().equals("tenant:" + tenant);
    if (key != null && copy != null && !tooLong && !(transformed && shared)) {
      byte[] body = copy.toByteArray();
      if (Finish.isWhole(body, request(), usage)) {
        String session = request().session();
        Origin origin = new Origin(upstream, from, tenant, model, session == null ? 0 : rooms.digest().session(tenant, session), tokens(usage, body.length),
            (int) Math.min(Integer.MAX_VALUE, firstNanos / 1_000), shape == null ? Shape.NONE : shape.toBytes());
        Stored answer = new Stored(body, origin, new Life(rooms.cache().nanos() - sinceNanos, rights().ttlSeconds(), rights().staleSeconds(),
            rights().errorSeconds(), rights().outside(), rights().replay() == Verdict.Replay.AS_ORIGIN));
        rooms.cache().put(key, request().prompt().json(), answer);
        if (question != null && !transformed) {
          question.answered(key, answer);
        }
      }
    }
    copy = null;
  }

  private int tokens(Usage usage, int answerBytes) {
    long told = Math.max(0, usage.inputTokens()) + Math.max(0, usage.outputTokens());
    return (int) Math.min(Integer.MAX_VALUE, told > 0 ? told : (request().prompt().json().length() + answerBytes) / BYTES_PER_TOKEN);
  }

  /** A failed attempt's pieces must not become part of the next one's answer; and nothing is kept once the request is over. */
  void forget() {
    copy = null;
    shape = null;
    tooLong = false;
  }
}
