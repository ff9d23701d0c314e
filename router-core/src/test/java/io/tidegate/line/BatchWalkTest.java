package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.AttemptEvents;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BatchWalkTest {
  private static final String ANSWER = "{\"n\":1}";

  private final LineRig rig = new LineRig();
  private final List<AttemptEvents> held = new ArrayList<>();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  /** Keeps results, and insists on one end for each item (G5). */
  private static final class Results implements BatchSink {
    private final @Nullable String[] json;
    private final @Nullable ErrorAnswer[] errors;
    private final @Nullable RouteInfo[] routes;
    private @Nullable ErrorAnswer failure;
    private boolean done;
    private boolean writable = true;

    Results(int items) {
      json = new String[items];
      errors = new ErrorAnswer[items];
      routes = new RouteInfo[items];
    }

    private void first(int item) {
      if (done || json[item] != null || errors[item] != null) {
        throw new AssertionError("G5: a second end of item " + item);
      }
    }

    @Override
    public void answered(int item, RouteInfo route, ByteBuf body) {
      first(item);
      json[item] = body.toString(StandardCharsets.UTF_8);
      body.release();
      routes[item] = route;
    }

    @Override
    public void refused(int item, ErrorAnswer error, @Nullable RouteInfo route) {
      first(item);
      errors[item] = error;
      routes[item] = route;
    }

    @Override
    public void done() {
      for (int i = 0; i < json.length; i++) {
        assertThat(json[i] != null || errors[i] != null).as("end of item %d", i).isTrue();
      }
      assertThat(done).isFalse();
      done = true;
    }

    @Override
    public void failed(ErrorAnswer error) {
      failure = error;
      done = true;
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    Sensitivity sensitivity(int item) {
      return Objects.requireNonNull(routes[item]).sensitivity();
    }
  }

  private Line.Walk begin(Results results, int parallel, Ask... asks) {
    List<ModelRequest> requests = new ArrayList<>();
    for (int i = 0; i < asks.length; i++) {
      requests.add(asks[i].request("b" + i, rig.loop.nanos()));
    }
    Line.Walk walk = rig.line().batch(requests, parallel, results, rig.loop);
    rig.loop.run();
    return walk;
  }

  private Results batch(Ask... asks) {
    Results results = new Results(asks.length);
    begin(results, 8, asks);
    rig.counted(asks.length);
    return results;
  }

  private void hold(int count) {
    for (int i = 0; i < count; i++) {
      rig.upstreams.then(held::add);
    }
  }

  private void answer(int call) {
    held.get(call).answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    rig.loop.run();
  }

  @Test
  @DisplayName("R2.1 R2.2 a mixed batch splits: each item is decided, recorded and routed by itself")
  void mixed() {
    rig.upstreams.answer(ANSWER).answer(ANSWER).answer(ANSWER);
    Results results = batch(Ask.about("sort a list"), Ask.restricted(), Ask.about("tell a joke"));
    assertThat(results.done).isTrue();
    assertThat(results.json).containsExactly(ANSWER, ANSWER, ANSWER);
    assertThat(results.sensitivity(0)).isEqualTo(Sensitivity.INTERNAL);
    assertThat(results.sensitivity(1)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(Objects.requireNonNull(results.routes[1]).upstream()).isEqualTo("home");
    assertThat(rig.upstreams.sent).filteredOn(sent -> sent.zone() == Zone.PUBLIC).hasSize(2).noneMatch(sent -> sent.body().contains("SECRETWORD"));
    assertThat(rig.audit.ended).hasSize(3);
    assertThat(rig.meters.batchItems.get()).as("R2.3 client calls fall by the mean items of a batch: here 3 to 1").isEqualTo(3);
  }

  @Test
  @DisplayName("R2.1 one item's failure is its own")
  void oneFails() {
    rig.upstreams.answer(ANSWER).fail(Kind.REQUEST_REJECTED).answer(ANSWER);
    Results results = batch(Ask.about("one"), Ask.about("two"), Ask.about("three"));
    assertThat(results.json[0]).isEqualTo(ANSWER);
    assertThat(results.errors[1]).isNotNull();
    assertThat(results.json[2]).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("R2.1 G8 at most so many items are under way at a time, and the next begins when one ends")
  void parallel() {
    hold(3);
    Results results = new Results(3);
    begin(results, 2, Ask.about("one"), Ask.about("two"), Ask.about("three"));
    rig.counted(3);
    assertThat(held).hasSize(2);
    answer(1);
    assertThat(held).hasSize(3);
    answer(0);
    assertThat(results.done).isFalse();
    answer(2);
    assertThat(results.done).isTrue();
  }

  @Test
  @DisplayName("R2.6 items whose prompts begin alike are begun one after the other; results stand in the order of the items")
  void alikeTogether() {
    String long1 = "how to sort a list ".repeat(20);
    String long2 = "how to tell a joke ".repeat(20);
    rig.upstreams.answer("{\"n\":0}").answer("{\"n\":2}").answer("{\"n\":1}").answer("{\"n\":3}");
    Results results = batch(Ask.about(long1 + "one"), Ask.about(long2 + "two"), Ask.about(long1 + "three"), Ask.about(long2 + "four"));
    assertThat(rig.upstreams.sent).extracting(sent -> sent.body().replaceAll(".* (one|two|three|four).*", "$1")).containsExactly("one", "three", "two", "four");
    assertThat(results.json).containsExactly("{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
  }

  @Test
  @DisplayName("R2.4 equal items of a batch make one call")
  void equalItems() {
    hold(1);
    Results results = batch(Ask.harmless(), Ask.harmless(), Ask.harmless());
    answer(0);
    assertThat(results.json).containsExactly(ANSWER, ANSWER, ANSWER);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("E9 a caller who leaves frees every item under way, and none is begun any more")
  void cancel() {
    hold(2);
    Results results = new Results(3);
    Line.Walk walk = begin(results, 2, Ask.about("one"), Ask.about("two"), Ask.about("three"));
    rig.counted(2);
    walk.cancel();
    rig.loop.run();
    assertThat(rig.upstreams.cancelled).isEqualTo(2);
    assertThat(rig.audit.ended).containsExactly("b0 left", "b1 left");
    assertThat(results.done).isFalse();
  }

  @Test
  @DisplayName("R2.1 a caller who takes nothing holds up the items not yet begun")
  void backPressure() {
    hold(2);
    Results results = new Results(2);
    results.writable = false;
    Line.Walk walk = begin(results, 2, Ask.about("one"), Ask.about("two"));
    rig.counted(2);
    assertThat(held).isEmpty();
    results.writable = true;
    walk.writable();
    rig.loop.run();
    assertThat(held).hasSize(2);
    answer(0);
    answer(1);
    assertThat(results.done).isTrue();
  }

  @Test
  @DisplayName("R2.2 A10 decisions 12: an identifier cut over two items keeps both at home, and leaves the third as it is")
  void spanning() {
    rig.rules = new Rules(new Classifier(Classifier.builtIn()), new Decider(Policies.baseline()));
    rig.upstreams.answer(ANSWER).answer(ANSWER).answer(ANSWER);
    Results results = batch(Ask.about("tell a joke"), Ask.about("my number begins 110105194912"), Ask.about("31002X and ends so"));
    assertThat(results.sensitivity(0)).isEqualTo(Sensitivity.INTERNAL);
    assertThat(results.sensitivity(1)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(results.sensitivity(2)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(rig.upstreams.sent).filteredOn(sent -> sent.zone() == Zone.PUBLIC).singleElement().matches(sent -> sent.body().contains("joke"));
  }

  @Test
  @DisplayName("G1 G6 A10 another policy midway: what is left is looked at anew, so what spans it keeps it at home by the one that decides it")
  void otherPolicyMidway() {
    rig.rules = new Rules(new Classifier(List.of()), new Decider(Policies.baseline()));
    hold(1);
    rig.upstreams.answer(ANSWER).answer(ANSWER);
    Results results = new Results(3);
    begin(results, 1, Ask.about("tell a joke"), Ask.about("my number begins 110105194912"), Ask.about("31002X and ends so"));
    rig.counted(3);
    rig.rules = new Rules(new Classifier(Classifier.builtIn()), new Decider(Policies.baseline()));
    answer(0);
    assertThat(results.done).isTrue();
    assertThat(List.of(results.sensitivity(1), results.sensitivity(2))).containsOnly(Sensitivity.RESTRICTED);
    assertThat(rig.meters.batchItems.get()).as("counted once").isEqualTo(3);
  }

  /** Twenty items, of which two are under way when another policy comes and the pool is full; then these two are answered. */
  private Results otherPolicyAndNoRoom() {
    Ask[] asks = new Ask[20];
    for (int i = 0; i < asks.length; i++) {
      asks[i] = Ask.about("question " + i);
    }
    hold(2);
    Results results = new Results(asks.length);
    begin(results, 2, asks);
    rig.runPool();
    rig.rules = new Rules(new Classifier(Classifier.builtIn()), new Decider(Policies.baseline()));
    rig.poolFull = true;
    answer(0);
    answer(1);
    rig.loop.advance(1_000_000_000L);
    assertThat(results.done).isFalse();
    assertThat(results.errors).containsOnlyNulls();
    return results;
  }

  @Test
  @DisplayName("R2.1 G2 another policy midway, and no room to look by it just then: what is left waits for room")
  void otherPolicyAndNoRoomYet() {
    Results results = otherPolicyAndNoRoom();
    rig.poolFull = false;
    for (int i = 0; i < 18; i++) {
      rig.upstreams.answer(ANSWER);
    }
    rig.loop.advance(100_000_000L);
    rig.runPool();
    rig.counted(20);
    assertThat(results.done).isTrue();
    assertThat(results.json).containsOnly(ANSWER);
  }

  @Test
  @DisplayName("G2 G5 another policy midway, and no room to look by it for five seconds: what is left is refused, what was under way has its answer")
  void otherPolicyAndNoRoomAtAll() {
    Results results = otherPolicyAndNoRoom();
    rig.loop.advance(5_000_000_000L);
    rig.counted(2);
    assertThat(results.done).isTrue();
    assertThat(results.errors).filteredOn(Objects::nonNull).hasSize(18).allMatch(error -> error.refusal() == Refusal.CLASSIFICATION_FAILED);
    assertThat(results.json).filteredOn(Objects::nonNull).hasSize(2);
  }

  @Test
  @DisplayName("E9 a caller who leaves while a batch waits for room takes its timer with it")
  void leavesWhileItWaits() {
    Ask[] asks = new Ask[20];
    for (int i = 0; i < asks.length; i++) {
      asks[i] = Ask.about("question " + i);
    }
    hold(1);
    Line.Walk walk = begin(new Results(asks.length), 1, asks);
    rig.runPool();
    rig.rules = new Rules(new Classifier(Classifier.builtIn()), new Decider(Policies.baseline()));
    rig.poolFull = true;
    answer(0);
    rig.counted(1);
    assertThat(rig.loop.pendingTimers()).isEqualTo(1);
    walk.cancel();
    assertThat(rig.loop.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("H7 a long batch is read in the pool; where that has no room, nothing is begun")
  void pool() {
    Ask[] asks = new Ask[20];
    for (int i = 0; i < asks.length; i++) {
      asks[i] = Ask.about("question " + i);
      rig.upstreams.answer(ANSWER);
    }
    Results results = new Results(asks.length);
    begin(results, 8, asks);
    assertThat(rig.upstreams.sent).isEmpty();
    rig.runPool();
    rig.counted(asks.length);
    assertThat(results.done).isTrue();
    rig.poolFull = true;
    Results refused = new Results(asks.length);
    begin(refused, 8, asks);
    assertThat(Objects.requireNonNull(refused.failure).refusal()).isEqualTo(Refusal.CLASSIFICATION_FAILED);
  }

  @Test
  @DisplayName("R2.1 cached answers come at once, however many, without a deep stack")
  void cached() {
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless());
    Ask[] asks = new Ask[5_000];
    java.util.Arrays.fill(asks, Ask.harmless());
    Results results = new Results(asks.length);
    begin(results, 1, asks);
    rig.runPool();
    rig.counted(asks.length);
    assertThat(results.json).containsOnly(ANSWER);
  }
}
