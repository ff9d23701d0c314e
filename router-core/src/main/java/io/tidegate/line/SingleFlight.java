package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LinkRule;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.Verdict;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way that equal requests may share (R2.4, hazard C7): one makes the call, the others take its answer as it comes. Shared are only
 * requests that the edge cache might have answered from one another, so the policy's cache rights govern this too, and a partition of the cache is a
 * partition here (G4). Any thread.
 */
public final class SingleFlight {
  /** Nothing is shared; asked once per request, at no cost. */
  public static final SingleFlight OFF = new SingleFlight(0, 0);

  private final int maxBytesEach;
  private final long maxBytes;
  private final AtomicLong heldBytes = new AtomicLong();
  private final ConcurrentHashMap<Key, Flight> flights = new ConcurrentHashMap<>();

  /**
   * @param maxBytesEach most that is kept of one answer for those who come late or read slowly; 0 shares nothing
   * @param maxBytes of all answers under way; past it nobody more may join one
   */
  public SingleFlight(int maxBytesEach, long maxBytes) {
    this.maxBytesEach = maxBytesEach;
    this.maxBytes = maxBytes;
  }

  /**
   * What must be equal. More than the cache's key: two requests may share a call only if each decision opens the same destinations, in the same
   * order, on the same terms (G1).
   *
   * @param tenant who alone may share, where a policy does not let it be timed what others asked (hazard C4); else empty
   */
  record Key(AnswerCache.Key cached, LatencyClass latencyClass, List<RouteStep> steps, LinkRule links, boolean durable, String tenant) {}

  /** What may be shared of a request; null if it shares with nobody. */
  @Nullable Key key(Decision decision, CacheUse use) {
    AnswerCache.Key cached = maxBytesEach == 0 ? null : use.readable();
    return cached == null ? null : new Key(cached, decision.latencyClass(), decision.steps(), decision.links(), decision.auditDurable(),
        decision.cacheRights().replay() == Verdict.Replay.AS_ORIGIN ? decision.request().caller().tenant() : "");
  }

  /** Joins the call under way, or begins a flight that {@code member} leads: {@link Flight#isLed} tells which. */
  Flight enter(Key key, Flight.Member member) {
    while (true) {
      Flight under = flights.get(key);
      if (under != null && under.join(member)) {
        return under;
      }
      Flight mine = new Flight(this, key, member);
      if (under == null ? flights.putIfAbsent(key, mine) == null : flights.replace(key, under, mine)) {
        return mine;
      }
    }
  }

  /** Nobody more joins it. */
  void closed(Flight flight, Key key) {
    flights.remove(key, flight);
  }

  int maxBytesEach() {
    return maxBytesEach;
  }

  /** Whether there is room for it; it is counted either way, until {@link #let}. */
  boolean hold(int bytes) {
    return heldBytes.addAndGet(bytes) <= maxBytes;
  }

  void let(long bytes) {
    heldBytes.addAndGet(-bytes);
  }

  /** Bytes of answers that are kept for those who share them. */
  public long heldBytes() {
    return heldBytes.get();
  }

  /** Calls that others may join now. */
  public int size() {
    return flights.size();
  }
}
