package io.tidegate.schedule;

import io.tidegate.cache.ExactCache;
import io.tidegate.cache.LayeredCache;
import io.tidegate.cache.Sealing;
import io.tidegate.decide.Decision;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.RequestDigest;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * The edge cache, and what is asked again behind its readers: one refresh for a stale answer, begun at once, ended once. A refresh has no caller, so that it
 * becomes an {@link Asked} where it is first seen, and {@link Watch} holds it to all that a caller's request is held to.
 */
final class WatchedCache implements AnswerCache {
  /** Longest wait for what is kept outside. */
  static final long FAR_NANOS = 2_000_000;
  private static final String BEHIND = "-refresh";
  private static final Instant SINCE = Instant.parse("2026-11-25T10:00:00Z");

  /** Of this daemon, and of another that shares what is kept outside; of this one alone where nothing is. */
  private final List<ExactCache> near = new ArrayList<>();
  private final List<AnswerCache> daemons = new ArrayList<>();
  private final @Nullable Afar far;
  private AnswerCache cache;
  private final Map<String, Asked> known;
  private final Watch watch;
  private final Records records;
  private final Services services;
  private final RequestDigest digest;
  private final Supplier<PolicyName> policy;
  private final Map<Key, Refresh> underWay = new HashMap<>();
  private int begun;
  private int givenUp;
  private int looked;
  private int finding;

  /** One that was let; nobody has seen it yet where {@code asked} is null. */
  private static final class Refresh {
    private final PolicyName policy;
    private @Nullable Asked asked;

    Refresh(PolicyName policy) {
      this.policy = policy;
    }
  }

  /** @param far what two daemons share; null for one that keeps its answers to itself */
  WatchedCache(VirtualLoops loops, @Nullable Afar far, Map<String, Asked> known, Watch watch, Records records, Services services, RequestDigest digest,
      Supplier<PolicyName> policy) {
    this.far = far;
    for (int i = 0; i < (far == null ? 1 : 2); i++) {
      ExactCache own = new ExactCache(1 << 20, loops);
      near.add(own);
      // The hosts' clocks agree: by how much they may differ is for LayeredCacheTest.
      daemons.add(far == null ? own : new LayeredCache(own, far, new Sealing(new byte[32], new byte[0]), () -> SINCE.plusNanos(loops.nanos()), FAR_NANOS));
    }
    this.cache = daemons.get(0);
    this.known = known;
    this.watch = watch;
    this.records = records;
    this.services = services;
    this.digest = digest;
    this.policy = policy;
  }

  /** The other daemon takes the requests from now on, unless this one is in the midst of something that is its own. */
  void other() {
    if (underWay.isEmpty() && finding == 0) {
      cache = daemons.get(daemons.size() - 1 - daemons.indexOf(cache));
    }
  }

  /** What is kept outside behaves so for a while. */
  void far(String fault, long untilNanos) {
    if (far != null) {
      far.play(fault, untilNanos);
    }
  }

  /** Whether all that is kept outside is asked for again, as it is well. */
  boolean goesFar() {
    return cache instanceof LayeredCache layered && layered.shared().connected() && !layered.shared().open() && layered.shared().underWay() == 0;
  }

  /** Whoever asks this: a caller, or nobody any more, behind a reader. */
  @Nullable Asked who(ModelRequest request) {
    String id = request.id();
    Asked there = known.get(id);
    if (there != null || !id.endsWith(BEHIND)) {
      return there;
    }
    Asked reader = known.get(id.substring(0, id.length() - BEHIND.length()));
    Records.Decided decided = reader == null ? null : records.decided.get(reader.id());
    Refresh refresh = reader == null || reader.isRefresh() || decided == null ? null : underWay.get(key(decided.decision(), reader.request));
    if (reader == null || refresh == null || refresh.asked != null) {
      watch.expect(false, id, "R3.6 asked again, and nobody was let");
      return null;
    }
    watch.expect(reader.isOver(), id, "R3.6 asked again before its reader was answered");
    watch.expect(request.prompt() == reader.request.prompt() && request.caller().equals(reader.request.caller())
        && request.stream() == reader.request.stream() && request.declared() == reader.request.declared(), id, "G1 it asks something else than its reader did");
    Asked asked = Asked.behind(reader, request, refresh.policy, watch);
    refresh.asked = asked;
    watch.comes(asked);
    return asked;
  }

  private Key key(Decision decision, ModelRequest request) {
    return new Key(decision.cacheRights().sharingGroup(), decision.sensitivity(), decision.policyDigest(), Operation.CHAT, digest.of(request.prompt().json()));
  }

  @Override
  public boolean mayRefresh(Key key) {
    looked++;
    Stored found = cache.get(key);
    watch.expect(found != null && found.life().at(nanos()) == Life.State.STALE, "all", "R3.6 asked again for what is not stale");
    boolean may = cache.mayRefresh(key);
    watch.expect(may != underWay.containsKey(key), "all", may ? "R3.6 asked again twice at a time" : "R3.6 a stale answer for which nobody asks again");
    if (may) {
      if (begun >= known.values().stream().filter(each -> !each.isRefresh()).count()) {
        throw new AssertionError("R3.6 more is asked again than was asked");
      }
      begun++;
      underWay.put(key, new Refresh(policy.get()));
    }
    return may;
  }

  @Override
  public void refreshed(Key key) {
    cache.refreshed(key);
    Refresh refresh = underWay.remove(key);
    watch.expect(refresh != null, "all", "G5 the end of a refresh that is over");
    if (refresh != null && refresh.asked == null && !key.policyDigest().equals(policy.get().digest())) {
      givenUp++;
    }
    if (refresh != null && refresh.asked != null) {
      refresh.asked.end = Asked.End.WHOLE;
    } else if (refresh != null) {
      // Nobody asked again: the other daemon had. Or its tenant had used up its rate, and that is counted.
      Stored found = cache.get(key);
      begun -= found != null && found.life().at(nanos()) == Life.State.FRESH ? 1 : 0;
    }
  }

  @Override
  public boolean goesDeeper(Key key) {
    return cache.goesDeeper(key);
  }

  @Override
  public void find(Key key, JsonText body, Loop loop, Consumer<@Nullable Stored> done) {
    long since = nanos();
    boolean[] told = new boolean[1];
    finding++;
    watch.expect(key.sensitivity().compareTo(Sensitivity.INTERNAL) <= 0, "all", "G1 looked for outside");
    cache.find(key, body, loop, found -> {
      watch.expect(!told[0], "all", "G5 told twice what is kept outside");
      watch.expect(nanos() - since <= FAR_NANOS, "all", "G5 it was waited for what is kept outside, and longer than is allowed");
      finding -= told[0] ? 0 : 1;
      told[0] = true;
      if (found != null) {
        kept(key, found);
      }
      Refresh refresh = underWay.get(key);
      if (refresh != null && refresh.asked == null) {
        // Comes only now, and is decided as what comes now.
        underWay.put(key, new Refresh(policy.get()));
      }
      done.accept(found);
    });
  }

  @Override
  public void put(Key key, JsonText body, Stored answer) {
    kept(key, answer);
    cache.put(key, body, answer);
  }

  /** Only whole answers are kept, under the names of whoever asked for them. */
  private void kept(Key key, Stored answer) {
    Matcher tokens = Watch.TOKEN.matcher(new String(answer.body(), StandardCharsets.UTF_8));
    int from = -1;
    boolean whole = false;
    while (tokens.find()) {
      int number = Integer.parseInt(tokens.group(1));
      watch.expect(from < 0 || from == number, "all", "C2 what is kept is made of two answers");
      from = number;
      whole = tokens.group(2).equals("end");
    }
    watch.expect(whole, "all", "C2 what is kept is not whole");
    if (from >= 0) {
      Attempted by = services.sent.get(from);
      Asked asked = by.asked;
      watch.expect(key.policyDigest().equals(asked.policy.digest()), asked.id(), "C6 kept for another policy");
      watch.expect(key.sharingGroup().equals("tenant:" + asked.request.caller().tenant()), asked.id(), "G4 kept for others than its tenant");
      watch.expect(asked.least.compareTo(Sensitivity.INTERNAL) <= 0 && key.sensitivity().compareTo(asked.least) >= 0, asked.id(), "G4 kept as less than it is");
      watch.expect(Arrays.equals(key.bodyDigest(), digest.of(asked.request.prompt().json())), asked.id(), "C1 kept as the answer to something else");
      watch.expect(answer.upstream().equals(by.endpoint.upstream()), asked.id(), "kept as another upstream's");
      // Outside, ages are told in milliseconds.
      long age = answer.life().bornNanos() - asked.request.arrivedNanos();
      watch.expect(age >= -1_000_000 && age <= 1_000_000, asked.id(), "C6 kept as younger or older than it is");
    }
  }

  /** Nothing is left to do at this moment. */
  void quiet(boolean scansWait, int givenStale) {
    watch.expect(looked == givenStale, "all", "R3.6 " + givenStale + " were given stale, and " + looked + " looked who asks again");
    if (!scansWait && finding == 0) {
      watch.expect(underWay.values().stream().allMatch(each -> each.asked != null), "all", "G5 a refresh that was let, and does not begin");
    }
  }

  /** How many were let: each is counted as a request. */
  int begun() {
    return begun;
  }

  /** Of those, nobody saw so many, and when they were over another policy than their reader's was in force: they may not have been asked at all (A10). */
  int givenUp() {
    return givenUp;
  }

  /** Look-ups outside that are under way. */
  int finding() {
    return finding;
  }

  int left() {
    return Math.max(underWay.size() + finding, near.stream().mapToInt(each -> each.figures().refreshing()).max().orElse(0));
  }

  @Override
  public @Nullable Stored get(Key key) {
    return cache.get(key);
  }

  @Override
  public long drawNanos(Key key, Stored answer) {
    return cache.drawNanos(key, answer);
  }

  @Override
  public long nanos() {
    return cache.nanos();
  }
}
