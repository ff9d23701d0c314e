package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.RecordingSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What detectors in other processes say, joined to the built-in ones' findings. */
class ExternalDetectorsTest {
  private static final String ANSWER = "{}";
  private static final Findings SECRET = new Findings(List.of(new Finding("SECRET", 1, 0, 1, Likelihood.VERY_LIKELY, "plugin-p")), Set.of());
  private static final Findings FAILED = new Findings(List.of(), Set.of(Trouble.DETECTOR_FAILED));

  private final LineRig rig = new LineRig();
  private final List<Consumer<Findings>> waiting = new ArrayList<>();
  private int cancelled;
  private boolean throwing;

  @BeforeEach
  void plug() {
    rig.external = new ExternalDetectors() {
      @Override
      public boolean none() {
        return false;
      }

      @Override
      public Question ask(ModelRequest request, Loop loop, Consumer<Findings> done) {
        if (throwing) {
          throw new IllegalStateException("broken");
        }
        waiting.add(done);
        return () -> cancelled++;
      }
    };
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private void leaveLoopAtOnce() {
    LineConfig d = LineConfig.DEFAULT;
    rig.config = new LineConfig(d.firstTokenInteractive(), d.firstTokenStandard(), d.firstTokenBatch(), d.idle(), d.total(), d.totalBatch(), 0,
        d.maxAttempts(), d.replayBytes(), d.heldBytes());
  }

  private static Sensitivity sensitivity(RecordingSink sink) {
    return Objects.requireNonNull(sink.route).sensitivity();
  }

  @Test
  @DisplayName("G2 nothing is decided before the plugins have spoken; a finding of theirs raises")
  void waits() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(rig.meters.decided).hasValue(0);
    waiting.get(0).accept(SECRET);
    rig.loop.run();
    assertThat(sensitivity(sink)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }

  @Test
  @DisplayName("G2 A7 a plugin that sees nothing takes nothing away")
  void neverLowers() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.restricted());
    waiting.get(0).accept(Findings.NONE);
    rig.loop.run();
    assertThat(sensitivity(sink)).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("harmless to both is harmless")
  void harmless() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    waiting.get(0).accept(Findings.NONE);
    rig.loop.run();
    assertThat(sensitivity(sink)).isEqualTo(Sensitivity.INTERNAL);
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isTrue();
  }

  @Test
  @DisplayName("G2 A6 a plugin that failed makes the request RESTRICTED")
  void failed() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    waiting.get(0).accept(FAILED);
    rig.loop.run();
    assertThat(sensitivity(sink)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }

  @Test
  @DisplayName("the plugin may be first: the scan in the pool is waited for")
  void pluginFirst() {
    leaveLoopAtOnce();
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.restricted());
    waiting.get(0).accept(Findings.NONE);
    rig.loop.run();
    assertThat(rig.meters.decided).hasValue(0);
    rig.runPool();
    assertThat(sensitivity(sink)).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("E9 a caller that leaves meanwhile: the question is cancelled, a late answer decides nothing")
  void cancel() {
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    sink.gone();
    walk.cancel();
    assertThat(cancelled).isEqualTo(1);
    waiting.get(0).accept(Findings.NONE);
    rig.loop.run();
    assertThat(rig.meters.decided).hasValue(0);
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("G5 no room for the scan: refused once, the question is cancelled, a late answer changes nothing")
  void noRoom() {
    leaveLoopAtOnce();
    rig.poolFull = true;
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.CLASSIFICATION_FAILED);
    assertThat(cancelled).isEqualTo(1);
    waiting.get(0).accept(Findings.NONE);
    rig.loop.run();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("G5 a defect in asking ends the request, and nothing is sent")
  void askThrows() {
    rig.defectsExpected = true;
    throwing = true;
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.INTERNAL);
    assertThat(rig.upstreams.sent).isEmpty();
  }
}
