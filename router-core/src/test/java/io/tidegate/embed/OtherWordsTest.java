package io.tidegate.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.embed.Encoder.Encoded;
import io.tidegate.embed.OtherWords.Outcome;
import io.tidegate.cache.ExactCache;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.SemanticCache.Found;
import io.tidegate.line.SemanticCache.Question;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict;
import io.tidegate.policy.Verdict.Semantic;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** With an encoder to which all texts are alike: what is kept apart here, an encoder does not keep apart. */
class OtherWordsTest {
  private static final String ASKED = "How do I delete a branch?";
  private static final String IN_OTHER_WORDS = "How can I remove a branch?";
  private static final Semantic SERVE = new Semantic(Semantic.Mode.SERVE, 0.8f, Set.of(LatencyClass.values()));
  private static final long DEADLINE = 50_000_000;

  private final FakeLoop loop = new FakeLoop();
  private final ArrayDeque<Runnable> pool = new ArrayDeque<>();
  private final ExactCache cache = new ExactCache(1 << 20, loop);
  private final RequestDigest digest = new RequestDigest(new byte[32]);
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Consumer<@Nullable Encoded>> held = new ArrayList<>();
  private boolean full;
  private boolean holding;
  private final OtherWords words = new OtherWords((decision, text, on, done) -> {
    if (holding) {
      held.add(done);
    } else {
      done.accept(text.contains("unknown") ? null : new Encoded(new float[] {1, 0}, 0));
    }
  }, task -> {
    if (full) {
      throw new RejectedExecutionException();
    }
    pool.add(task);
  }, digest, cache, outcomes::add, new OtherWords.Terms(200, DEADLINE, 100, 1 << 20), new byte[16]);

  /** One request in the making. */
  private record Case(String tenant, String group, Set<String> groups, Sensitivity sensitivity, String policy, String model, String parameters, String before,
      String text) {
    Case text(String other) {
      return new Case(tenant, group, groups, sensitivity, policy, model, parameters, before, other);
    }

    /** Whoever asks: the group says who shares. */
    Case shared() {
      return new Case("", group, groups, sensitivity, policy, model, parameters, before, text);
    }

    /** All but the text. */
    Case around() {
      return text("");
    }

    Decision decision() {
      String body = "{\"model\":\"" + model + "\"," + parameters + "\"messages\":[" + before + "{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
      try {
        ModelRequest request = new ModelRequest("r", Operation.CHAT, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)), model,
            false, false, false, new Caller(tenant, "job", groups), Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0);
        return DecisionFixture.cached(request, sensitivity, new Verdict.CacheRights(true, true, false, group, 300), policy, Destination.EDGE_CACHE,
            Destination.PRIVATE);
      } catch (JsonException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final Case PLAIN = new Case("a", "tenant:a", Set.of(), Sensitivity.INTERNAL, "aa", "auto", "", "", ASKED);

  private Key key(Decision decision) {
    return new Key(decision.cacheRights().sharingGroup(), decision.sensitivity(), decision.policyDigest(), decision.request().operation(),
        digest.of(decision.request().prompt().json()));
  }

  private final List<@Nullable Found> told = new ArrayList<>();

  private @Nullable Question ask(Case of) {
    return words.ask(of.decision(), SERVE, loop, told::add);
  }

  private void settle() {
    while (!pool.isEmpty()) {
      pool.poll().run();
    }
    loop.run();
  }

  /** Asks, stores an answer, and gives what was found before. */
  private @Nullable Found askAndAnswer(Case of) {
    told.clear();
    Question question = ask(of);
    settle();
    if (question != null) {
      Decision decision = of.decision();
      question.answered(key(decision), Stored.of(new byte[] {1}, "u", loop.nanos(), 300));
    }
    return told.isEmpty() ? null : told.get(0);
  }

  @Test
  @DisplayName("a question in other words finds the answer")
  void found() {
    assertThat(askAndAnswer(PLAIN)).isNull();
    Found found = askAndAnswer(PLAIN.text(IN_OTHER_WORDS));
    assertThat(found).isNotNull();
    assertThat(found.key()).isEqualTo(key(PLAIN.decision()));
    assertThat(found.score()).isEqualTo(1f);
  }

  @Test
  @DisplayName("G4 C1 20,000 random requests whose vectors are all alike: what is found was asked by the same partition and asks the same")
  void partitions() {
    SplittableRandom random = new SplittableRandom(Long.getLong("tidegate.seed", 6));
    String[] texts = {ASKED, IN_OTHER_WORDS, "How do I delete a tag?", "How do I delete 2 branches?", "Why do I delete a branch?"};
    String[] parameters = {"", "\"max_tokens\":5,", "\"max_tokens\":6,", "\"tools\":[],"};
    String[] before = {"", "{\"role\":\"system\",\"content\":\"a\"},", "{\"role\":\"system\",\"content\":\"b\"},",
        "{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},"};
    Map<Key, Set<Case>> asked = new HashMap<>();
    int hits = 0;
    for (int i = 0; i < 20_000; i++) {
      String tenant = random.nextBoolean() ? "a" : "b";
      Case now = new Case(tenant, random.nextInt(4) == 0 ? "group:both" : "tenant:" + tenant, random.nextBoolean() ? Set.of() : Set.of("g"),
          random.nextBoolean() ? Sensitivity.PUBLIC : Sensitivity.INTERNAL, random.nextBoolean() ? "aa" : "bb", random.nextBoolean() ? "auto" : "m",
          parameters[random.nextInt(parameters.length)], before[random.nextInt(before.length)], texts[random.nextInt(texts.length)]);
      Found found = askAndAnswer(now);
      if (found != null) {
        hits++;
        // Equal requests of callers with other groups have one exact key: it is enough that one of those who asked had the same.
        assertThat(asked.get(found.key())).as("asked before by the same partition").anySatisfy(other -> {
          // In a group that a policy names, tenants share.
          assertThat(other.shared().around()).isEqualTo(now.shared().around());
          assertThat(other.text.equals(now.text) || Set.of(ASKED, IN_OTHER_WORDS).containsAll(Set.of(other.text, now.text))).isTrue();
        });
      }
      asked.computeIfAbsent(key(now.decision()), key -> new HashSet<>()).add(now);
    }
    assertThat(hits).isGreaterThan(1_000);
  }

  @Test
  @DisplayName("G1 RESTRICTED is asked of no encoder, whatever a policy says")
  void restricted() {
    Case restricted = new Case("a", "tenant:a", Set.of(), Sensitivity.RESTRICTED, "aa", "auto", "", "", ASKED);
    assertThat(ask(restricted)).isNull();
    assertThat(pool).isEmpty();
    assertThat(outcomes).containsExactly(Outcome.NOT_A_QUESTION);
  }

  @Test
  @DisplayName("G5 past the deadline there is one answer, nothing; the late vector still serves the next")
  void late() {
    holding = true;
    Question question = ask(PLAIN);
    settle();
    assertThat(told).isEmpty();
    loop.advance(DEADLINE);
    assertThat(told).hasSize(1).containsOnlyNulls();
    assertThat(question).isNotNull();
    question.answered(key(PLAIN.decision()), Stored.of(new byte[] {1}, "u", loop.nanos(), 300));
    held.get(0).accept(new Encoded(new float[] {1, 0}, 0));
    settle();
    assertThat(told).hasSize(1);
    holding = false;
    assertThat(askAndAnswer(PLAIN.text(IN_OTHER_WORDS))).isNotNull();
    assertThat(outcomes).contains(Outcome.LATE);
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("G8 with no room in the pool a question goes its way at once")
  void busy() {
    full = true;
    assertThat(ask(PLAIN)).isNull();
    assertThat(outcomes).containsExactly(Outcome.BUSY);
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("C3 what the encoder does not read whole, or is too long, is neither found nor kept")
  void unread() {
    askAndAnswer(PLAIN.text("What is an unknown word?"));
    assertThat(words.entries()).isZero();
    assertThat(ask(PLAIN.text("What is ".repeat(40)))).isNull();
    assertThat(outcomes).containsExactly(Outcome.UNREADABLE, Outcome.TOO_LONG);
  }

  @Test
  @DisplayName("C3 an entry ends when its answer is no longer fresh")
  void ends() {
    askAndAnswer(PLAIN);
    loop.advance(299_000_000_000L);
    assertThat(askAndAnswer(PLAIN.text(IN_OTHER_WORDS))).isNotNull();
    loop.advance(300_000_000_000L);
    assertThat(askAndAnswer(PLAIN)).isNull();
  }

  @Test
  @DisplayName("what the cache has lost is forgotten here too")
  void gone() {
    askAndAnswer(PLAIN);
    told.clear();
    Question question = ask(PLAIN.text(IN_OTHER_WORDS));
    settle();
    assertThat(question).isNotNull();
    question.gone(key(PLAIN.decision()));
    assertThat(words.entries()).isZero();
  }
}
