package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.ClassifierConfig;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.decide.Decider;
import io.tidegate.fake.RecordingSink;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Finding;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Scans that are long, that go wrong, or whose caller leaves. */
class ScanningTest {
  private static final String ANSWER = "{}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private void leaveLoopAtOnce() {
    LineConfig d = LineConfig.DEFAULT;
    rig.config = new LineConfig(d.firstTokenInteractive(), d.firstTokenStandard(), d.firstTokenBatch(), d.idle(), d.total(), d.totalBatch(), 0,
        d.maxAttempts(), d.replayBytes(), d.heldBytes());
  }

  private static Detector detector(java.util.function.BiConsumer<TextView, Detector.Budget> does) {
    return new Detector() {
      @Override
      public String id() {
        return "odd";
      }

      @Override
      public void inspect(TextView text, Budget budget, Sink sink) {
        does.accept(text, budget);
      }
    };
  }

  private void detect(Detector detector) {
    rig.rules = new Rules(new Classifier(List.of(LineRig.WORDS, detector)), new Decider(Policies.baseline()));
  }

  private void restricted(RecordingSink sink) {
    assertThat(Objects.requireNonNull(sink.route).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }

  @Test
  @DisplayName("H7 a short scan stays on the loop")
  void shortScansStay() {
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless());
    assertThat(rig.pool).isEmpty();
    assertThat(rig.meters.offLoop).hasValue(0);
  }

  @Test
  @DisplayName("H7 a long scan goes on in the pool, and its findings count")
  void longScansMove() {
    leaveLoopAtOnce();
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.restricted());
    assertThat(sink.calls).isEmpty();
    assertThat(rig.pool).hasSize(1);
    rig.runPool();
    restricted(sink);
    assertThat(rig.meters.offLoop).hasValue(1);
  }

  @Test
  @DisplayName("H7 G2 a full pool refuses, and nothing is sent unscanned")
  void fullPoolRefuses() {
    leaveLoopAtOnce();
    rig.poolFull = true;
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.CLASSIFICATION_FAILED);
    assertThat(rig.upstreams.sent).isEmpty();
    assertThat(rig.meters.ends).containsExactly("none CLASSIFICATION_FAILED BYPASS");
  }

  @Test
  @DisplayName("E9 a caller that leaves during the scan: nothing is decided, recorded or sent, and the pool stops scanning")
  void cancelDuringScan() {
    leaveLoopAtOnce();
    List<String> inspected = new ArrayList<>();
    detect(detector((text, budget) -> inspected.add("piece")));
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    sink.gone();
    walk.cancel();
    rig.runPool();
    assertThat(inspected).isEmpty();
    assertThat(rig.audit.decided).isEmpty();
    assertThat(rig.meters.decided).hasValue(0);
    assertThat(rig.meters.ends).containsExactly("none cancelled BYPASS");
  }

  @Test
  @DisplayName("E9 a caller that leaves after the scan, before the loop heard of it")
  void cancelBeforeTheScanIsBack() {
    leaveLoopAtOnce();
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    rig.pool.remove(0).run();
    sink.gone();
    walk.cancel();
    rig.loop.run();
    assertThat(rig.audit.decided).isEmpty();
  }

  @Test
  @DisplayName("G6 K5 a bundle that comes during the scan does not decide this request")
  void bundleIsTakenOnce() {
    leaveLoopAtOnce();
    rig.upstreams.answer(ANSWER);
    String digest = Policies.baseline().digest();
    RecordingSink sink = rig.walk(Ask.harmless());
    PolicyBundle next = Policies.bundle("egress: {edge-cache: [], private: [], public: []}\n");
    rig.rules = LineRig.rules(next);
    rig.runPool();
    assertThat(Objects.requireNonNull(sink.route).policy()).isEqualTo(digest);
    assertThat(sink.json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("G2 A6 a detector that throws makes the request RESTRICTED")
  void detectorThrows() {
    detect(detector((text, budget) -> {
      throw new IllegalStateException("with text");
    }));
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    restricted(sink);
    assertThat(Objects.requireNonNull(sink.route).rule()).isNotEmpty();
  }

  @Test
  @DisplayName("G2 A6 a detector that throws in the pool makes the request RESTRICTED")
  void detectorThrowsInPool() {
    leaveLoopAtOnce();
    detect(detector((text, budget) -> {
      throw new StackOverflowError();
    }));
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    rig.runPool();
    restricted(sink);
  }

  @Test
  @DisplayName("G2 A6 a spent budget makes the request RESTRICTED")
  void budgetSpent() {
    rig.rules = new Rules(new Classifier(List.of(LineRig.WORDS), new ClassifierConfig(20, 100, 1000, 100)), new Decider(Policies.baseline()));
    rig.upstreams.answer(ANSWER);
    restricted(rig.walk(Ask.harmless()));
  }

  @Test
  @DisplayName("G5 an error of the machine itself in the pool ends the request with INTERNAL, not in silence")
  void fatalInPool() {
    rig.defectsExpected = true;
    leaveLoopAtOnce();
    detect(detector((text, budget) -> {
      throw new InternalError();
    }));
    RecordingSink sink = rig.walk(Ask.harmless());
    org.assertj.core.api.Assertions.assertThatThrownBy(rig::runPool).isInstanceOf(InternalError.class);
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.INTERNAL);
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("Classify: a full pool and a machine error each end in one refusal")
  void classifyAlwaysAnswers() {
    rig.defectsExpected = true;
    leaveLoopAtOnce();
    List<String> told = new ArrayList<>();
    Line.Classified done = new Line.Classified() {
      @Override
      public void decided(RouteInfo route, List<Finding> findings, List<Destination> order) {
        told.add("decided");
      }

      @Override
      public void refused(ErrorAnswer error) {
        told.add(error.refusal().name());
      }
    };
    rig.poolFull = true;
    rig.line().classify(Ask.harmless().request("c1", 0), rig.loop, done);
    rig.poolFull = false;
    detect(detector((text, budget) -> {
      throw new InternalError();
    }));
    rig.line().classify(Ask.harmless().request("c2", 0), rig.loop, done);
    rig.runPool();
    assertThat(told).containsExactly("CLASSIFICATION_FAILED", "INTERNAL");
  }

  @Test
  @DisplayName("a finding of a plugged-in detector decides like a built-in one's")
  void pluggedInDetector() {
    rig.rules = new Rules(new Classifier(List.of(new Detector() {
      @Override
      public String id() {
        return "own";
      }

      @Override
      public void inspect(TextView text, Budget budget, Sink sink) {
        sink.found("CN_ID", 0, 1, Likelihood.VERY_LIKELY);
      }
    })), new Decider(Policies.baseline()));
    rig.upstreams.answer(ANSWER);
    restricted(rig.walk(Ask.harmless()));
  }
}
