package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.SERVER_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Zone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Ends that nobody planned: callers that leave, and defects of our own. */
class WalkEndsTest {
  private static final String ANSWER = "{\"choices\":[]}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  @Test
  @DisplayName("E9 a caller that leaves frees the upstream at once, and nothing comes after")
  void cancelFreesTheUpstream() {
    rig.upstreams.hold();
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    sink.gone();
    walk.cancel();
    walk.cancel();
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    rig.upstreams.last().answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    rig.upstreams.last().failed(AttemptFailure.of(SERVER_ERROR));
    assertThat(rig.meters.ends).containsExactly("none cancelled MISS");
    assertThat(rig.meters.attempts).containsExactly("cloud:CANCELLED");
    assertThat(rig.audit.ended).containsExactly("r1 left");
  }

  @Test
  @DisplayName("a cancel after the answer changes nothing")
  void cancelAfterTheEnd() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    walk.cancel();
    walk.writable();
    assertThat(rig.meters.ends).containsExactly("PUBLIC answered MISS");
    assertThat(rig.upstreams.cancelled).isZero();
  }

  @Test
  @DisplayName("F4 a late event of an attempt that failed belongs to nobody")
  void lateEventsAreDropped() {
    List<Upstreams.AttemptEvents> first = new ArrayList<>();
    rig.upstreams.then(first::add).hold();
    RecordingSink sink = rig.walk(Ask.harmless());
    first.get(0).failed(AttemptFailure.of(SERVER_ERROR));
    rig.loop.run();
    first.get(0).answered(rig.upstreams.bytes("{\"late\":1}"), Usage.UNKNOWN);
    first.get(0).events(rig.upstreams.bytes("data: {}\n\n"), true);
    first.get(0).ended(Usage.UNKNOWN);
    assertThat(sink.calls).isEmpty();
    rig.upstreams.last().answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    assertThat(sink.json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("G2 G5 a defect before the attempt is INTERNAL, once, and nothing is sent")
  void defectIsInternal() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      throw new IllegalStateException("SECRETWORD");
    };
    RecordingSink sink = rig.walk(Ask.harmless());
    LineRig.refused(sink, Refusal.INTERNAL);
    assertThat(sink.error).extracting(ErrorAnswer::message).asString().doesNotContain("SECRETWORD");
    assertThat(rig.meters.defects).hasSize(1);
    assertThat(rig.upstreams.sent).isEmpty();
    assertThat(rig.meters.ends).containsExactly("none INTERNAL MISS");
  }

  @Test
  @DisplayName("G5 an Error is caught at the rim as well")
  void errorsAreCaughtToo() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      throw new StackOverflowError();
    };
    LineRig.refused(rig.walk(Ask.harmless()), Refusal.INTERNAL);
  }

  @Test
  @DisplayName("G5 a defect after a failed attempt is INTERNAL, not a second try")
  void defectWhileFailingOver() {
    rig.defectsExpected = true;
    RequestEncoder good = rig.encoder;
    rig.encoder = (request, upstream, model) -> {
      if (upstream.zone() == Zone.PRIVATE) {
        throw new IllegalStateException();
      }
      return good.encode(request, upstream, model);
    };
    rig.upstreams.fail(SERVER_ERROR);
    LineRig.refused(rig.walk(Ask.harmless()), Refusal.INTERNAL);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("G5 a sink that throws is not called again, the end is counted, and the loop lives on")
  void sinkThatThrows() {
    rig.defectsExpected = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.sink();
    sink.inside = () -> {
      throw new IllegalStateException("sink");
    };
    rig.begin(Ask.harmless(), sink);
    assertThat(sink.calls).containsExactly("complete");
    assertThat(rig.meters.defects).hasSize(1);
    assertThat(rig.meters.ends).containsExactly("none INTERNAL MISS");
  }

  @Test
  @DisplayName("G5 an error that no virtual machine survives is told to the caller first, then thrown on")
  void fatalErrorsGoOn() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      throw new InternalError();
    };
    RecordingSink sink = rig.sink();
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> rig.begin(Ask.harmless(), sink)).isInstanceOf(InternalError.class);
    LineRig.refused(sink, Refusal.INTERNAL);
  }
}
