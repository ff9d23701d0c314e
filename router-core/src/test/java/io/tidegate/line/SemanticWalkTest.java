package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.RecordingSink;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.SemanticCache.Found;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The walk's part of the semantic cache, over one that says what a test wants, lies included. */
class SemanticWalkTest {
  private static final String ANSWER = "{\"n\":1}";
  private static final String OTHER = "{\"n\":2}";

  private final LineRig rig = new LineRig();
  private final List<Key> stored = new ArrayList<>();
  private final List<Key> gone = new ArrayList<>();
  private final List<SemanticCache.Use> uses = new ArrayList<>();
  private int asked;
  private @Nullable Found lie;
  private @Nullable Consumer<@Nullable Found> waiting;
  private boolean holding;

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private void policy(String semantic) {
    try {
      String line = "    internal: {store: true, sampled: false, ttl: 5m}";
      String text = Files.readString(Path.of("../policies/baseline.yaml"));
      assertThat(text).contains(line);
      rig.rules = LineRig.rules(Policies.bundleOf(text.replace(line, "    internal: {store: true" + semantic + "}")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rig.semantic = (decision, terms, loop, done) -> {
      asked++;
      if (holding) {
        waiting = done;
      } else {
        loop.execute(() -> done.accept(lie));
      }
      return new SemanticCache.Question() {
        @Override
        public void answered(Key key, Stored answer) {
          stored.add(key);
        }

        @Override
        public void gone(Key key) {
          gone.add(key);
        }

        @Override
        public void used(SemanticCache.Use use) {
          uses.add(use);
        }
      };
    };
  }

  private static CacheOutcome outcome(RecordingSink sink) {
    return Objects.requireNonNull(sink.route).cache();
  }

  @Test
  @DisplayName("C3 what was found is given, told and recorded; an origin is not asked")
  void served() {
    policy(", semantic: {mode: serve}");
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.about("one"));
    lie = new Found(stored.get(0), 0.9f);
    RecordingSink second = rig.walk(Ask.about("two"));
    assertThat(second.json).isEqualTo(ANSWER);
    assertThat(outcome(second)).isEqualTo(CacheOutcome.SEMANTIC);
    assertThat(Objects.requireNonNull(second.route).destination()).isEqualTo(Destination.EDGE_CACHE);
    assertThat(Objects.requireNonNull(second.route.likeness()).served()).isTrue();
    assertThat(second.route.likeness().body()).hasSize(64);
    assertThat(uses).containsExactly(SemanticCache.Use.SERVED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("G4 a key of another tenant, class or bundle is not believed, wherever it comes from")
  void lies() {
    policy(", semantic: {mode: serve}");
    rig.upstreams.answer(ANSWER).answer(OTHER).answer(OTHER);
    rig.walk(Ask.about("one").of("a"));
    lie = new Found(stored.get(0), 1f);
    RecordingSink other = rig.walk(Ask.about("two").of("b"));
    assertThat(other.json).isEqualTo(OTHER);
    assertThat(outcome(other)).isEqualTo(CacheOutcome.MISS);
    policy(", ttl: 4m, semantic: {mode: serve}");
    lie = new Found(stored.get(0), 1f);
    assertThat(rig.walk(Ask.about("three").of("a")).json).isEqualTo(OTHER);
    assertThat(uses).isEmpty();
  }

  @Test
  @DisplayName("in shadow the origin is asked at once; what would have been is counted, and recorded as not served")
  void shadow() {
    policy(", semantic: {mode: shadow}");
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.about("one"));
    lie = new Found(stored.get(0), 0.9f);
    RecordingSink second = rig.walk(Ask.about("two"));
    assertThat(second.json).isEqualTo(OTHER);
    assertThat(outcome(second)).isEqualTo(CacheOutcome.MISS);
    assertThat(uses).containsExactly(SemanticCache.Use.SHADOWED);
  }

  @Test
  @DisplayName("an answer that has left the cache is forgotten, and the origin asked")
  void gone() {
    policy(", semantic: {mode: serve}");
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.about("one"));
    Key key = stored.get(0);
    lie = new Found(key, 0.9f);
    rig.loop.advance(300_000_000_000L);
    assertThat(rig.walk(Ask.about("two")).json).isEqualTo(OTHER);
    assertThat(gone).containsExactly(key);
  }

  @Test
  @DisplayName("nobody is asked where the policy is silent, the class is another, the request is restricted, sampled or wants no cache")
  void off() {
    policy("");
    rig.upstreams.answer(ANSWER).answer(ANSWER).answer(ANSWER).answer(ANSWER).answer(ANSWER);
    rig.walk(Ask.about("one"));
    policy(", semantic: {mode: serve, latency: [interactive]}");
    rig.walk(Ask.about("one"));
    policy(", semantic: {mode: serve}");
    rig.walk(Ask.restricted());
    rig.walk(Ask.about("two").sampled());
    rig.walk(Ask.about("three").cache(CacheDirective.NO_CACHE));
    assertThat(asked).isZero();
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.about("four").declared(Sensitivity.INTERNAL));
    assertThat(asked).isEqualTo(1);
  }

  @Test
  @DisplayName("G5 a caller that leaves meanwhile gets nothing, and nobody is asked for it")
  void leaves() {
    policy(", semantic: {mode: serve}");
    holding = true;
    RecordingSink sink = new RecordingSink();
    Line.Walk walk = rig.begin(Ask.about("one"), sink);
    walk.cancel();
    Objects.requireNonNull(waiting).accept(null);
    rig.loop.run();
    assertThat(rig.upstreams.sent).isEmpty();
    assertThat(sink.calls).isEmpty();
  }
}
