package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PurgeTest {
  private final FakeLoop time = new FakeLoop();
  private final ExactCache cache = new ExactCache(1 << 20, time);
  private final Sealing sealing = new Sealing(new byte[32], new byte[0]);

  private static Key key(String group, String policy, int number) {
    byte[] digest = new byte[32];
    digest[0] = (byte) number;
    return new Key(group, Sensitivity.PUBLIC, policy, Operation.CHAT, digest);
  }

  private static Origin origin(String tenant, String model, long session) {
    return new Origin("up", Destination.PRIVATE, tenant, model, session, 10, 1, Shape.NONE);
  }

  private Stored answer(String tenant, String model, long session) {
    return new Stored(new byte[10], origin(tenant, model, session), new Life(time.nanos(), 300, 0, 0, true, false));
  }

  private static Purge purge(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable Long session) {
    return new Purge(tenant, model, policy, session);
  }

  private void fill() {
    cache.put(key("tenant:a", "p1", 1), Answers.body("x"), answer("a", "m1", 7));
    cache.put(key("group:g", "p1", 2), Answers.body("x"), answer("a", "m2", 0));
    cache.put(key("group:g", "p2", 3), Answers.body("x"), answer("b", "m1", 0));
    cache.put(key("tenant:b", "p2", 4), Answers.body("x"), answer("b", "m1", 8));
  }

  @Test
  @DisplayName("by tenant, model, bundle, session or several of them goes what fits all, in memory and in sealed heads alike")
  void fits() {
    record Case(Purge purge, int removed) {}
    for (Case each : new Case[] {new Case(purge("a", null, null, null), 2), new Case(purge(null, "m1", null, null), 3), new Case(purge(null, null, "p2", null), 2),
        new Case(purge("b", null, null, 8L), 1), new Case(purge("b", "m1", "p1", null), 0), new Case(purge(null, null, null, null), 4), new Case(purge("c", null, null, null), 0)}) {
      int heads = 0;
      fill();
      for (var entry : cache.all()) {
        Sealed sealed = sealing.seal("name", entry.getKey(), entry.getValue().origin(), new byte[5]);
        heads += each.purge.inHeads(sealing).test(java.util.Arrays.copyOf(sealed.bytes(), Sealing.HEAD_BYTES)) ? 1 : 0;
      }
      assertThat(heads).as(each.toString()).isEqualTo(each.removed);
      assertThat(cache.purge(each.purge)).as(each.toString()).isEqualTo(each.removed);
      time.advance(Duration.ofHours(2).toNanos());
    }
  }

  @Test
  @DisplayName("what was asked for before a purge is not stored after it; what is asked for later is")
  void underWay() {
    Stored underWay = answer("a", "m1", 0);
    Stored others = answer("b", "m1", 0);
    time.advance(Duration.ofSeconds(5).toNanos());
    cache.purge(purge("a", null, null, null));
    time.advance(Duration.ofSeconds(5).toNanos());
    cache.put(key("tenant:a", "p1", 1), Answers.body("x"), underWay);
    assertThat(cache.size()).isZero();
    cache.put(key("tenant:b", "p1", 1), Answers.body("x"), others);
    cache.put(key("tenant:a", "p1", 1), Answers.body("x"), answer("a", "m1", 0));
    assertThat(cache.size()).isEqualTo(2);
  }

  /** Lets somebody else act, once, when it is asked for the time. */
  private final class Meanwhile implements Ticker {
    private @Nullable Runnable next;

    @Override
    public long nanos() {
      Runnable now = next;
      next = null;
      if (now != null) {
        now.run();
      }
      return time.nanos();
    }
  }

  @Test
  @DisplayName("what is purged while it is being stored is not there after it, whoever brings it; what the purge does not fit is")
  void whileItIsStored() {
    Meanwhile clock = new Meanwhile();
    ExactCache raced = new ExactCache(1 << 20, clock);
    Key key = key("tenant:a", "p1", 1);
    clock.next = () -> raced.purge(purge("a", null, null, null));
    raced.put(key, Answers.body("x"), answer("a", "m1", 0));
    assertThat(clock.next).as("the purge fell into it").isNull();
    assertThat(raced.size()).isZero();
    assertThat(raced.weightBytes()).isZero();
    time.advance(1);
    clock.next = () -> raced.purge(purge("a", null, null, null));
    raced.putIfNewer(key, answer("a", "m1", 0));
    assertThat(clock.next).as("the purge fell into it").isNull();
    assertThat(raced.size()).isZero();
    time.advance(1);
    clock.next = () -> raced.purge(purge("b", null, null, null));
    raced.put(key, Answers.body("x"), answer("a", "m1", 0));
    raced.putIfNewer(key("tenant:a", "p1", 2), answer("a", "m1", 0));
    assertThat(raced.size()).isEqualTo(2);
  }

  @Test
  @DisplayName("G8 of very many purges the oldest is remembered as one of everything")
  void manyPurges() {
    Stored underWay = answer("z", "m", 0);
    time.advance(1);
    for (int i = 0; i < 1_000; i++) {
      cache.purge(purge("t" + i, null, null, null));
    }
    cache.put(key("tenant:z", "p", 1), Answers.body("x"), underWay);
    assertThat(cache.size()).isZero();
    time.advance(1);
    cache.put(key("tenant:z", "p", 1), Answers.body("x"), answer("z", "m", 0));
    assertThat(cache.size()).isEqualTo(1);
  }
}
