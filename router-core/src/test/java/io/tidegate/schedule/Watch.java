package io.tidegate.schedule;

import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What must hold at every moment of every schedule. Knows nothing of how the line does it: what may leave is told by {@link PolicyName#leave}, where an
 * endpoint stands by {@link Setting#zoneOf}.
 */
final class Watch {
  /** Told of each violation: the first is what matters. */
  static final int MOST_TOLD = 20;
  private static final List<String> HOME = List.of("home", "lodge");
  /** What a scan or a record may take. */
  private static final long SLACK = Setting.seconds(2);
  private static final Pattern CANARY = Pattern.compile("canary(\\w+?)q");
  static final Pattern TOKEN = Pattern.compile("<(\\d+)\\.(\\d+|end)>");
  /** As {@code dispatch.RouteProgress} must have it: these kinds say that a service is out of reach. */
  private static final Set<Kind> OUT_OF_REACH = Set.of(Kind.CONNECT_REFUSED, Kind.CONNECT_TIMEOUT, Kind.TLS, Kind.ADDRESS_NOT_ALLOWED, Kind.ACCOUNT);

  final List<String> violations = new ArrayList<>();
  private final Map<String, Asked> known;
  private final Map<String, List<Asked>> byText = new HashMap<>();
  private final Map<String, Long> closedUntil = new HashMap<>();
  private final Map<String, Long> coolUntil = new HashMap<>();
  private final List<Asked> waiting = new ArrayList<>();
  private final List<Attempted> underWay = new ArrayList<>();
  private final Map<String, Sensitivity> sessions = new HashMap<>();
  private @Nullable Records records;
  private @Nullable Services services;
  private @Nullable VirtualLoops loops;
  private @Nullable HealthBoard health;
  private @Nullable WaitingRoom room;
  private @Nullable WatchedCache cache;
  private int givenStale;
  private boolean busy;
  private int maxAttempts;
  private int poolWaits;

  Watch(Map<String, Asked> known) {
    this.known = known;
  }

  void look(Records theRecords, Services theServices, VirtualLoops theLoops, HealthBoard theHealth, int attempts) {
    health = theHealth;
    loops = theLoops;
    records = theRecords;
    services = theServices;
    maxAttempts = attempts;
  }

  void keeps(WatchedCache theCache) {
    cache = theCache;
  }

  /** Whoever asks this, by whatever has seen it: a refresh is not announced otherwise. */
  @Nullable Asked who(ModelRequest request) {
    return cache == null ? known.get(request.id()) : cache.who(request);
  }

  void waitsIn(WaitingRoom theRoom) {
    room = theRoom;
  }

  private long now() {
    return loops == null ? 0 : loops.nanos();
  }

  void poolWaits(int more) {
    poolWaits += more;
  }

  void expect(boolean holds, String about, String what) {
    if (!holds && violations.size() < MOST_TOLD) {
      violations.add(about + ": " + what);
    }
  }

  /** A request comes; a refresh when it is first seen. */
  void comes(Asked asked) {
    known.put(asked.id(), asked);
    waiting.add(asked);
    if (asked.isRefresh()) {
      return;
    }
    byText.computeIfAbsent(asked.text, unused -> new ArrayList<>(2)).add(asked);
  }

  /** A caller is told how its answer came about. */
  void given(RouteInfo how) {
    givenStale += how.cache() == CacheOutcome.STALE ? 1 : 0;
  }

  /** The first decision on a request, just made. */
  void decided(String id, Decision decision) {
    Asked asked = who(decision.request());
    if (asked == null) {
      expect(false, id, "decided for nobody");
      return;
    }
    String session = asked.request.session();
    if (session != null) {
      String key = asked.request.caller().tenant() + "/" + session;
      asked.least = asked.least.join(sessions.getOrDefault(key, Sensitivity.PUBLIC));
      sessions.merge(key, asked.least, Sensitivity::join);
    }
    expect(decision.sensitivity().compareTo(asked.least) >= 0, id, "G1 decided lower than it is");
    expect(decision.policyDigest().equals(asked.policy.digest()), id, "G6 decided by another policy than was in force when it came");
  }

  /** Just before the bytes of an attempt leave. */
  void sends(Attempted attempt, String body, @Nullable AuditReceipt receipt, @Nullable Kind objection) {
    Asked asked = attempt.asked;
    String id = asked.id();
    expect(objection != Kind.GATE_REFUSED, id, "G1 only the gate stopped it");
    Records.Decided decided = records == null ? null : records.decided.get(id);
    expect(decided != null, id, "G7 sent without a decision record");
    expect(decided != null && decided.upstreams().contains(attempt.endpoint.upstream()), id, "G1 sent to an upstream that is no candidate of its decision");
    expect(asked.attempts.size() <= maxAttempts, id, "more attempts than are allowed");
    expect(asked.end == null, id, "G5 an attempt after its end");
    expect(!asked.open, id, "R1.4 an attempt after content went out");
    Sensitivity least = attempt.cleaned ? Sensitivity.INTERNAL : asked.least;
    expect(asked.policy.permits(least, Setting.regionOf(attempt.endpoint.id())), id, "G1 " + least + " text is worked on in a region that policy " + asked.policy
        + " does not permit");
    Matcher canaries = CANARY.matcher(body);
    while (canaries.find()) {
      expect(asked.text.contains(canaries.group()), id, "A5 its call carries another request's text");
    }
    expect(now() >= closedUntil.getOrDefault(attempt.endpoint.upstream(), 0L), id, "R1.2 asked while our account there is closed");
    expect(now() >= coolUntil.getOrDefault(attempt.endpoint.id(), 0L), id, "R1.3 asked before the time that the upstream named");
    underWay.add(attempt);
    if (objection == null && attempt.zone() == Zone.PUBLIC) {
      leaves(attempt, body, receipt, decided);
    }
  }

  /** Discovery names others: what an endpoint said before it went is not held against it when it comes back. */
  void listed(String upstream, String what) {
    List<String> ids = Setting.listed(upstream, what).stream().map(Endpoint::id).toList();
    Setting.listed(upstream, "all").stream().map(Endpoint::id).filter(id -> !ids.contains(id)).forEach(coolUntil::remove);
  }

  /** An attempt failed. */
  void failed(Attempted attempt, AttemptFailure why) {
    switch (why.kind()) {
      case ACCOUNT -> closedUntil.merge(attempt.endpoint.upstream(), now() + Setting.health().accountNanos(), Math::max);
      case RATE_LIMITED -> coolUntil.merge(attempt.endpoint.id(), now() + why.retryAfterMillis() * 1_000_000, Math::max);
      default -> { }
    }
  }

  private void leaves(Attempted attempt, String body, @Nullable AuditReceipt receipt, Records.@Nullable Decided decided) {
    Asked asked = attempt.asked;
    String id = asked.id();
    expect(receipt != null && receipt.requestId().equals(id), id, "G7 left without a receipt of its own");
    expect(decided != null && decided.receipt() && decided.synced(), id, "G7 left before its record was kept as the policy wants it");
    boolean may = switch (asked.policy.leave(asked.least)) {
      case AS_IT_STANDS -> true;
      case CLEANED -> attempt.cleaned && !body.contains("CONTACT") && !body.contains("canary");
      // Since it last waited: then conditions are asked anew, as a new request would.
      case WHERE_HOME_IS_DOWN -> asked.attempts.stream().filter(before -> before.zone() == Zone.PRIVATE && before.endedNanos == now())
          .allMatch(before -> before.failure != null && OUT_OF_REACH.contains(before.failure)) 
          && (!asked.attempts.isEmpty() || noneIsWellAtHome());
      case NEVER -> false;
    };
    expect(may, id, "G1 " + asked.least + " text left under policy " + asked.policy);
  }

  /** An endpoint at home that is well and was not asked: full, perhaps, but home is not down. Looked at where a request goes out at once. */
  private boolean noneIsWellAtHome() {
    return noneIsWell(endpoint -> true);
  }

  private boolean noneIsWell(Predicate<Endpoint> among) {
    HealthBoard board = health;
    return board == null || HOME.stream().allMatch(upstream -> board.accountAlarm(upstream) || board.snapshot().getOrDefault(upstream, List.of()).stream()
        .filter(endpoint -> among.test(endpoint.endpoint())).allMatch(endpoint -> endpoint.state() != EndpointHealth.State.HEALTHY || endpoint.avoidedForNanos() > 0));
  }

  /** Its caller has been told the end. */
  void ended(Asked asked) {
    String id = asked.id();
    RouteInfo route = asked.route;
    expect(route != null && route.requestId().equals(id), id, "G6 an answer that does not say how it came about");
    expect(asked.error == null || !CANARY.matcher(asked.error.message()).find(), id, "G3 the error says the text back");
    Records.Decided decided = records == null ? null : records.decided.get(id);
    if (route == null) {
      return;
    }
    told(asked, route, decided);
    ErrorAnswer error = asked.error;
    if (error != null) {
      Matcher heard = TOKEN.matcher(asked.said);
      Attempted by = heard.find() && services != null ? services.sent.get(Integer.parseInt(heard.group(1))) : null;
      expect(Reasons.fit(asked, error, by, decided, now() - asked.request.arrivedNanos(), most(asked),
          () -> noneIsWell(endpoint -> asked.policy.permits(asked.least, Setting.regionOf(endpoint.id())))), id,
          "G5 " + error.refusal() + " without a cause");
    }
    if (asked.end == Asked.End.REFUSED) {
      expect(asked.said.length() == 0, id, "G5 a refusal after content");
      expect(route.destination() == null, id, "G5 a refusal that names who answered");
      expect(route.attempts() == asked.attempts.size(), id, "attempts made and told differ");
      expect(health == null || !Reasons.anotherRegion(asked, health), id, "R3.3 refused, and another region that is well was not asked");
    } else {
      heard(asked, route);
    }
  }

  /** What is asked again behind a reader tells only its record. */
  void endedBehind(Asked asked, RouteInfo route, boolean answered) {
    String id = asked.id();
    expect(asked.end != null, id, "R3.6 it is over, and its answer may not be asked for again");
    told(asked, route, records == null ? null : records.decided.get(id));
    expect(route.destination() != Destination.EDGE_CACHE, id, "R3.6 it took the old answer for a new one");
    expect(route.attempts() == asked.attempts.size() || asked.open, id, "attempts made and told differ");
    expect(!answered || asked.attempts.stream().anyMatch(by -> by.over && by.failure == null && !by.cancelled
        && by.endpoint.upstream().equals(route.upstream()) && Destination.of(by.zone()) == route.destination()), id, "it names who did not answer");
  }

  private void told(Asked asked, RouteInfo route, Records.@Nullable Decided decided) {
    String id = asked.id();
    expect(asked.wasFull || now() - asked.request.arrivedNanos() <= most(asked) + SLACK, id, "R1.6 ended long after its time was over");
    expect(!CANARY.matcher(route.toString()).find(), id, "G3 the route says the text");
    expect(decided == null || route.policy().equals(asked.policy.digest()), id, "G6 an answer that names another policy");
    expect(decided == null || route.sensitivity() == decided.decision().sensitivity(), id, "G6 an answer that names another class");
    expect(route.attempts() <= asked.attempts.size(), id, "more attempts told than made");
  }

  /** How long it may take. */
  private static long most(Asked asked) {
    return Math.min(asked.request.timeLeftNanos() > 0 ? asked.request.timeLeftNanos() : Long.MAX_VALUE, Stand.totalNanos(asked));
  }

  private Records.Decided decided(String id) {
    Records.Decided decided = records == null ? null : records.decided.get(id);
    if (decided == null) {
      throw new AssertionError("answered before it was decided");
    }
    return decided;
  }

  /** The answer is one attempt's, from its beginning on and in order; whole if it says so; and the caller might have had it. */
  private void heard(Asked asked, RouteInfo route) {
    String id = asked.id();
    Matcher tokens = TOKEN.matcher(asked.said);
    int from = -1;
    int next = 0;
    boolean whole = false;
    while (tokens.find()) {
      int number = Integer.parseInt(tokens.group(1));
      expect(from < 0 || from == number, id, "G5 an answer made of two attempts'");
      expect(!whole, id, "G5 content after the end of the answer");
      from = number;
      whole = tokens.group(2).equals("end");
      expect(whole || tokens.group(2).equals("" + next), id, "G5 content lost, doubled or out of order");
      next++;
    }
    expect(asked.end == Asked.End.BROKEN_OFF || whole, id, "G5 an answer that is not whole and does not say so");
    if (from < 0 || services == null) {
      return;
    }
    Attempted by = services.sent.get(from);
    expect(by.asked == asked || by.asked.text.equals(asked.text) && by.asked.request.caller().tenant().equals(asked.request.caller().tenant()), id,
        "G4 another's answer");
    if (by.asked != asked) {
      expect(asked.least.compareTo(Sensitivity.INTERNAL) <= 0, id, "a " + asked.least + " answer that was shared");
      expect(asked.policy == by.asked.policy, id, "G6 an answer from under another policy");
      expect(route.destination() == Destination.EDGE_CACHE || decided(id).receipt(), id, "G7 shares a call and was not recorded");
    }
    boolean cached = route.destination() == Destination.EDGE_CACHE;
    expect(cached || !by.asked.isRefresh(), id, "G4 hears what nobody was to hear");
    expect(cached || by.endpoint.upstream().equals(route.upstream()), id, "the answer names another upstream than gave it");
    expect(cached || route.destination() == Destination.of(by.zone()), id, "the answer names another destination than gave it");
    expect(!cached || by.asked != asked, id, "its own answer from the cache");
  }

  /** Nothing is left to do at this moment: who is not done must be waiting for something, and who is done must have left nothing running. */
  void quiet() {
    for (int i = 0; i < underWay.size(); i++) {
      Attempted attempt = underWay.get(i);
      if (attempt.over) {
        underWay.remove(i--);
        continue;
      }
      Asked asked = attempt.asked;
      expect(!asked.isOver() || others(asked).stream().anyMatch(other -> !other.isOver()), asked.id(), "an attempt runs on for nobody");
      expect(!asked.open || asked.left || asked.attempts.stream().filter(each -> !each.over).count() == 1, asked.id(),
          "R1.9 a second attempt runs on beside the one that answers");
      expect(!attempt.paused || !attempt.content || others(asked).stream().anyMatch(other -> !other.reads), asked.id(),
          "its upstream is not read, and nobody holds it up");
    }
    Map<String, Asked> unexplained = new LinkedHashMap<>();
    Set<Long> ends = new HashSet<>();
    for (int i = 0; i < waiting.size(); i++) {
      Asked asked = waiting.get(i);
      if (asked.isOver()) {
        waiting.remove(i--);
      } else if (asked.attempts.isEmpty() && asked.awaited == 0 && poolWaits == 0 && asked.reads && others(asked).stream().noneMatch(this::isUnderWay)) {
        // Those who share a call wait in one place: in the room, or on a clock for an upstream that is out for a moment.
        unexplained.putIfAbsent(asked.isRefresh() ? asked.id() : asked.text, asked);
        // That its time will be over one day is nothing to wait for.
        ends.add(asked.request.arrivedNanos() + most(asked));
      }
    }
    if (!unexplained.isEmpty() && loops != null) {
      expect(unexplained.size() <= inTheRoom() + loops.pendingTimersBut(ends), unexplained.values().iterator().next().id(),
          "G5 forgotten: it waits, and nothing is under way for it");
    }
    if (busy && underWay.isEmpty() && health != null) {
      health.snapshot().values().forEach(endpoints -> endpoints.forEach(endpoint -> expect(endpoint.state() != EndpointHealth.State.PROBING,
          endpoint.endpoint().id(), "R4.8 it is being tried out, and by nobody")));
    }
    busy = !underWay.isEmpty();
    if (cache != null) {
      cache.quiet(poolWaits > 0, givenStale);
    }
    long parked = inTheRoom();
    if (parked > 0 && records != null) {
      Records all = records;
      long may = known.values().stream().filter(each -> all.decided.containsKey(each.id()) && !all.ended.containsKey(each.id()) && each.awaited == 0
          && each.attempts.stream().allMatch(attempt -> attempt.over)).count();
      expect(parked <= may, "all", "R7.4 a place in the waiting room is held for who is gone, or has what it waits for");
    }
    if (waiting.isEmpty() && underWay.isEmpty() && poolWaits == 0 && loops != null) {
      // What is kept outside is not asked to stop: its wait is over in a moment.
      expect(loops.pendingTimers() <= (cache == null ? 0 : cache.finding()), "all", "nobody waits, and a timer runs");
    }
  }

  private long inTheRoom() {
    long all = 0;
    for (LatencyClass each : LatencyClass.values()) {
      all += room == null ? 0 : room.depth(each);
    }
    return all;
  }

  private List<Asked> others(Asked asked) {
    return asked.isRefresh() ? List.of(asked) : byText.getOrDefault(asked.text, List.of());
  }

  /** A call is being made, or will be made after a wait; its own caller may have left. */
  private boolean isUnderWay(Asked other) {
    boolean ended = records != null && records.ended.containsKey(other.id());
    return !ended && (other.awaited > 0 || !other.attempts.isEmpty());
  }

  /** All is over: what each caller heard is what was recorded. */
  void recorded() {
    Records all = records;
    if (all == null) {
      return;
    }
    for (Asked asked : known.values()) {
      String id = asked.id();
      expect(asked.isOver(), id, "G5 no answer, no error");
      expect(all.decided.containsKey(id) == all.ended.containsKey(id), id, "recorded as decided, and not how it ended");
      Records.Ended ended = all.ended.get(id);
      if (ended != null && !asked.left && !asked.isRefresh()) {
        expect(ended.refusal() == (asked.error == null ? null : asked.error.refusal()), id, "recorded otherwise than it was told");
        expect(asked.end == Asked.End.BROKEN_OFF || ended.route().equals(asked.route), id, "its record and its answer name two routes");
      }
    }
  }
}
