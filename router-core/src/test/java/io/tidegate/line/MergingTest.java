package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MergingTest {
  private static final long WINDOW = Duration.ofMillis(5).toNanos();

  private final LineRig rig = new LineRig();
  private int ids;

  @BeforeEach
  void merging() {
    rig.merging = new Merging(WINDOW, 1);
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  /** One embedding request in the making. */
  private record Texts(String input, String more, String tenant, Sensitivity declared, @Nullable LatencyClass wish, long timeLeft) {
    static Texts of(String input) {
      return new Texts(input, "", "default", Sensitivity.PUBLIC, null, 0);
    }

    Texts with(String members) {
      return new Texts(input, members, tenant, declared, wish, timeLeft);
    }

    Texts from(String who) {
      return new Texts(input, more, who, declared, wish, timeLeft);
    }

    Texts declared(Sensitivity as) {
      return new Texts(input, more, tenant, as, wish, timeLeft);
    }

    Texts wish(LatencyClass latencyClass) {
      return new Texts(input, more, tenant, declared, latencyClass, timeLeft);
    }

    Texts within(long nanos) {
      return new Texts(input, more, tenant, declared, wish, nanos);
    }
  }

  private RecordingSink ask(Texts texts) {
    RecordingSink sink = rig.sink();
    begin(texts, sink);
    return sink;
  }

  private Line.Walk begin(Texts texts, RecordingSink sink) {
    String body = "{\"model\":\"auto\",\"input\":" + texts.input + texts.more + "}";
    try {
      JsonText json = JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      rig.counted(1);
      Line.Walk walk = rig.line().walk(new ModelRequest("e" + ++ids, Operation.EMBEDDING, new Prompt(json), "auto", false, false, false,
          new Caller(texts.tenant, "job"), texts.declared, texts.wish, texts.timeLeft, CacheDirective.DEFAULT, rig.loop.nanos()), sink, rig.loop);
      rig.loop.run();
      return walk;
    } catch (JsonException e) {
      throw new AssertionError(e);
    }
  }

  private static String vectors(int from, int count, String usage) {
    List<String> each = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      each.add("{\"object\":\"embedding\",\"index\":" + i + ",\"embedding\":[" + (from + i) + "]}");
    }
    return "{\"object\":\"list\",\"model\":\"bge\",\"data\":[" + String.join(",", each) + "]" + usage + "}";
  }

  private static String part(int vector, int tokens) {
    return "{\"object\":\"list\",\"model\":\"bge\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[" + vector
        + "]}],\"usage\":{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}}";
  }

  private int sends() {
    return rig.upstreams.sent.size();
  }

  private void window() {
    rig.loop.advance(WINDOW);
  }

  /** Two requests that must not go as one call. */
  private void apart(Texts one, Texts other) {
    rig.upstreams.answer(vectors(1, 1, "")).answer(vectors(2, 1, ""));
    RecordingSink first = ask(one);
    RecordingSink second = ask(other);
    window();
    assertThat(sends()).isEqualTo(2);
    assertThat(List.of(Objects.requireNonNull(first.json), Objects.requireNonNull(second.json))).containsExactlyInAnyOrder(vectors(1, 1, ""), vectors(2, 1, ""));
  }

  @Test
  @DisplayName("R2.5 requests that come within the window go as one call, and each gets its own vectors back, numbered from 0")
  void merged() {
    rig.upstreams.answer(vectors(10, 4, ",\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9}"));
    RecordingSink one = ask(Texts.of("\"a\""));
    RecordingSink two = ask(Texts.of("[\"bb\",\"c\"]"));
    rig.loop.advance(WINDOW / 2);
    RecordingSink three = ask(Texts.of("\"d\""));
    assertThat(sends()).isZero();
    rig.loop.advance(WINDOW / 2);
    rig.counted(1); // the merged call
    assertThat(sends()).isEqualTo(1);
    assertThat(rig.upstreams.sent.get(0).body()).endsWith("\"input\":[\"a\",\"bb\",\"c\",\"d\"]}");
    assertThat(one.json).isEqualTo(part(10, 3));
    assertThat(Objects.requireNonNull(two.json)).contains("\"index\":0,\"embedding\":[11]").contains("\"index\":1,\"embedding\":[12]").doesNotContain("[10]");
    assertThat(three.json).isEqualTo(part(13, 3));
    assertThat(rig.meters.merged.get()).isEqualTo(3);
    assertThat(rig.audit.ended).containsExactlyInAnyOrder("e1 answered", "e2 answered", "e3 answered", "e1-merged answered");
    assertThat(ask(Texts.of("\"d\"")).json).as("the cache kept each part").isEqualTo(three.json);
  }

  @Test
  @DisplayName("R2.5 64 inputs are enough: the call is made before the window ends")
  void full() {
    rig.upstreams.answer(vectors(0, 64, ""));
    List<RecordingSink> sinks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      sinks.add(ask(Texts.of("\"t" + i + "\"")));
    }
    rig.counted(1);
    assertThat(sends()).isEqualTo(1);
    assertThat(sinks).allMatch(RecordingSink::over);
    assertThat(Objects.requireNonNull(sinks.get(63).json)).contains("[63]");
  }

  @Test
  @DisplayName("R2.5 one that does not fit any more begins the next call")
  void noRoom() {
    rig.upstreams.answer(vectors(0, 40, "")).answer(vectors(1, 40, ""));
    String forty = "[" + "\"b\",".repeat(39) + "\"b\"]";
    RecordingSink one = ask(Texts.of(forty));
    assertThat(sends()).isZero();
    RecordingSink two = ask(Texts.of(forty.replace('b', 'c')));
    assertThat(one.over()).isTrue();
    assertThat(two.over()).isFalse();
    window();
    assertThat(two.over()).isTrue();
    assertThat(sends()).isEqualTo(2);
  }

  @Test
  @DisplayName("R2.5 one alone goes by itself when its window ends")
  void alone() {
    rig.upstreams.answer(vectors(1, 1, ""));
    RecordingSink sink = ask(Texts.of("\"a\""));
    assertThat(sends()).isZero();
    window();
    assertThat(sink.json).isEqualTo(vectors(1, 1, ""));
    assertThat(rig.upstreams.sent.get(0).body()).doesNotContain("[");
    assertThat(rig.meters.merged.get()).isZero();
  }

  @Test
  @DisplayName("R2.5 nobody waits longer than a tenth of its time")
  void tenth() {
    rig.upstreams.answer(vectors(1, 1, ""));
    RecordingSink sink = ask(Texts.of("\"a\"").within(Duration.ofMillis(10).toNanos()));
    rig.loop.advance(Duration.ofMillis(1).toNanos());
    assertThat(sink.json).isNotNull();
  }

  @Test
  @DisplayName("A5 G4 another tenant, class, sensitivity, parameter or form of input goes apart")
  void partitions() {
    apart(Texts.of("\"a\"").from("t1"), Texts.of("\"b\"").from("t2"));
  }

  @Test
  @DisplayName("A5 another latency class goes apart")
  void classes() {
    apart(Texts.of("\"a\""), Texts.of("\"b\"").wish(LatencyClass.BATCH));
  }

  @Test
  @DisplayName("A5 another sensitivity goes apart")
  void sensitivities() {
    apart(Texts.of("\"a\""), Texts.of("\"b\"").declared(Sensitivity.RESTRICTED));
  }

  @Test
  @DisplayName("R2.5 other parameters go apart")
  void parameters() {
    apart(Texts.of("\"a\""), Texts.of("\"b\"").with(",\"dimensions\":8"));
  }

  @Test
  @DisplayName("A5 another bundle goes apart")
  void bundles() {
    rig.upstreams.answer(vectors(1, 1, "")).answer(vectors(2, 1, ""));
    ask(Texts.of("\"a\""));
    rig.rules = LineRig.rules(Policies.bundle("# another text, the same rules\n"));
    ask(Texts.of("\"b\""));
    window();
    assertThat(sends()).isEqualTo(2);
  }

  @Test
  @DisplayName("A5 A10 G1 inputs that are decided otherwise together than apart do not go together")
  void spanning() {
    rig.rules = new Rules(new Classifier(Classifier.builtIn()), new Decider(Policies.baseline()));
    rig.upstreams.answer(vectors(1, 1, "")).answer(vectors(2, 1, ""));
    RecordingSink one = ask(Texts.of("\"note 11010519\""));
    RecordingSink two = ask(Texts.of("\"491231002X it goes on\""));
    window();
    rig.counted(1);
    assertThat(sends()).isEqualTo(2);
    assertThat(one.json).isNotNull();
    assertThat(two.json).isNotNull();
    assertThat(rig.audit.ended).contains("e1-merged NOTHING_PERMITTED");
  }

  @Test
  @DisplayName("R2.5 where the merged call fails, each makes its own")
  void failure() {
    rig.upstreams.fail(Kind.REQUEST_REJECTED).answer(vectors(1, 1, "")).fail(AttemptFailure.of(Kind.REQUEST_REJECTED));
    RecordingSink one = ask(Texts.of("\"a\""));
    RecordingSink two = ask(Texts.of("\"b\""));
    window();
    rig.counted(1);
    assertThat(sends()).isEqualTo(3);
    assertThat(one.json).isEqualTo(vectors(1, 1, ""));
    assertThat(Objects.requireNonNull(two.error).refusal()).isNotNull();
  }

  @Test
  @DisplayName("R2.5 where a vector is missing, doubled or out of range, each makes its own call")
  void incomplete() {
    for (String answer : List.of(vectors(1, 1, ""), vectors(1, 3, ""), "{\"data\":[{\"index\":0},{\"index\":0}]}", "{\"data\":{}}", "{}", "[")) {
      rig.upstreams.answer(answer).answer(vectors(1, 1, "")).answer(vectors(2, 1, ""));
      RecordingSink one = ask(Texts.of("\"a" + ids + "\""));
      RecordingSink two = ask(Texts.of("\"b" + ids + "\""));
      window();
      rig.counted(1);
      assertThat(one.json).as(answer).isEqualTo(vectors(1, 1, ""));
      assertThat(two.json).as(answer).isEqualTo(vectors(2, 1, ""));
    }
  }

  @Test
  @DisplayName("E9 who leaves while waiting is not sent; when all have left nothing is, and the call under way is freed")
  void leaving() {
    RecordingSink gone = rig.sink();
    Line.Walk first = begin(Texts.of("\"a\""), gone);
    gone.gone();
    first.cancel();
    window();
    assertThat(sends()).isZero();
    rig.upstreams.hold();
    RecordingSink one = rig.sink();
    RecordingSink two = rig.sink();
    Line.Walk a = begin(Texts.of("\"b\""), one);
    Line.Walk b = begin(Texts.of("\"c\""), two);
    window();
    rig.counted(1);
    one.gone();
    a.cancel();
    assertThat(rig.upstreams.cancelled).isZero();
    two.gone();
    b.cancel();
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.5 a member keeps its own deadline, and the others have their answer")
  void deadline() {
    rig.upstreams.hold();
    RecordingSink hurried = ask(Texts.of("\"a\"").within(Duration.ofMillis(100).toNanos()));
    RecordingSink calm = ask(Texts.of("\"b\"").within(Duration.ofSeconds(5).toNanos()));
    window();
    rig.counted(1);
    rig.loop.advance(Duration.ofMillis(200).toNanos());
    assertThat(Objects.requireNonNull(hurried.error).refusal()).isEqualTo(Refusal.DEADLINE_EXCEEDED);
    rig.upstreams.last().answered(rig.upstreams.bytes(vectors(1, 2, "")), Usage.UNKNOWN);
    assertThat(Objects.requireNonNull(calm.json)).contains("[2]");
  }

  @Test
  @DisplayName("R2.5 switched off, and for token lists, nobody waits")
  void off() {
    rig.merging = Merging.OFF;
    rig.upstreams.answer(vectors(1, 1, ""));
    assertThat(ask(Texts.of("\"a\"")).json).isNotNull();
    rig.merging = new Merging(WINDOW, 1);
    rig.upstreams.answer(vectors(1, 1, ""));
    assertThat(ask(Texts.of("[15339,1917]")).json).isNotNull();
  }
}
