package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.IDLE_TIMEOUT;
import static io.tidegate.dispatch.AttemptFailure.Kind.INCOMPLETE;
import static io.tidegate.dispatch.AttemptFailure.Kind.RESET;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamWalkTest {
  private static final String ROLE = "data: {\"role\":1}\n\n";
  private static final String ONE = "data: {\"one\":1}\n\n";
  private static final String TWO = "data: {\"two\":2}\n\n";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private RecordingSink streaming() {
    rig.upstreams.hold();
    return rig.walk(Ask.harmless().stream());
  }

  private void event(String frame, boolean content) {
    rig.upstreams.last().events(rig.upstreams.bytes(frame), content);
  }

  private void fail(AttemptFailure.Kind kind) {
    rig.upstreams.last().failed(AttemptFailure.of(kind));
    rig.loop.run();
  }

  @Test
  @DisplayName("G5 a stream is opened with its first content, relayed frame by frame, closed at its end")
  void relays() {
    RecordingSink sink = streaming();
    event(ONE, true);
    assertThat(sink.calls).containsExactly("open");
    event(TWO, true);
    rig.upstreams.last().ended(new Usage(1, 2, 0, 0));
    assertThat(sink.calls).containsExactly("open", "close");
    assertThat(sink.frames).hasToString(ONE + TWO);
    assertThat(rig.meters.ends).containsExactly("PUBLIC answered MISS");
    assertThat(rig.meters.firstTokens).hasValue(1);
    assertThat(rig.meters.usages).containsExactly(new Usage(1, 2, 0, 0));
  }

  @Test
  @DisplayName("frames before the first content are held back and come first")
  void holdsBackUntilContent() {
    RecordingSink sink = streaming();
    event(ROLE, false);
    event(ROLE, false);
    assertThat(sink.calls).isEmpty();
    event(ONE, true);
    rig.upstreams.last().ended(Usage.UNKNOWN);
    assertThat(sink.frames).hasToString(ROLE + ROLE + ONE);
  }

  @Test
  @DisplayName("failover before the first content: nothing of the failed attempt reaches the caller")
  void failsOverBeforeContent() {
    RecordingSink sink = streaming();
    rig.upstreams.stream(ONE);
    event(ROLE, false);
    fail(RESET);
    assertThat(sink.frames).hasToString(ONE);
    assertThat(sink.calls).containsExactly("open", "close");
    assertThat(Objects.requireNonNull(sink.route).upstream()).isEqualTo("home");
    assertThat(sink.route.attempts()).isEqualTo(2);
  }

  @Test
  @DisplayName("F1 a stream that breaks after content ends in an error, never in a close, and is not tried again")
  void breaksOff() {
    RecordingSink sink = streaming();
    event(ONE, true);
    fail(INCOMPLETE);
    assertThat(sink.calls).containsExactly("open", "breakOff");
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.UPSTREAM_INCOMPLETE);
    assertThat(rig.upstreams.sent).hasSize(1);
    assertThat(rig.meters.ends).containsExactly("none UPSTREAM_INCOMPLETE MISS");
    assertThat(rig.audit.ended).containsExactly("r1 UPSTREAM_INCOMPLETE");
  }

  @Test
  @DisplayName("F1 an idle gap after content breaks the stream off")
  void idleBreaksOff() {
    RecordingSink sink = streaming();
    event(ONE, true);
    fail(IDLE_TIMEOUT);
    assertThat(sink.calls).containsExactly("open", "breakOff");
  }

  @Test
  @DisplayName("an empty stream that ends well opens and closes")
  void emptyStream() {
    RecordingSink sink = streaming();
    event(ROLE, false);
    rig.upstreams.last().ended(Usage.UNKNOWN);
    assertThat(sink.calls).containsExactly("open", "close");
    assertThat(sink.frames).hasToString(ROLE);
  }

  @Test
  @DisplayName("G8 what is held back is bounded: past the bound the walk commits to the attempt")
  void heldBytesAreBounded() {
    RecordingSink sink = streaming();
    String large = "data: \"" + "x".repeat(20 << 10) + "\"\n\n";
    event(large, false);
    event(large, false);
    event(large, false);
    assertThat(sink.calls).isEmpty();
    event(large, false);
    assertThat(sink.calls).containsExactly("open");
    assertThat(sink.frames).hasSize(4 * large.length());
    fail(RESET);
    assertThat(sink.calls).containsExactly("open", "breakOff");
  }

  // Back-pressure

  @Test
  @DisplayName("E6 a full caller pauses the upstream once, and reading goes on when the caller is ready again")
  void pausesAndResumes() {
    RecordingSink sink = rig.sink();
    rig.upstreams.hold();
    Line.Walk walk = rig.begin(Ask.harmless().stream(), sink);
    sink.writable = false;
    event(ONE, true);
    event(TWO, true);
    assertThat(rig.upstreams.paused).isEqualTo(1);
    sink.writable = true;
    walk.writable();
    walk.writable();
    assertThat(rig.upstreams.resumed).isEqualTo(1);
    sink.writable = false;
    event(ONE, true);
    assertThat(rig.upstreams.paused).isEqualTo(2);
    rig.upstreams.last().ended(Usage.UNKNOWN);
    walk.writable();
    assertThat(rig.upstreams.resumed).isEqualTo(1);
  }

  @Test
  @DisplayName("E6 reentrancy: an upstream whose first content comes inside send() is paused as well")
  void pausesInsideSend() {
    rig.upstreams.inside = true;
    rig.upstreams.then(events -> events.events(rig.upstreams.bytes(ONE), true));
    RecordingSink sink = rig.sink();
    sink.writable = false;
    Line.Walk walk = rig.begin(Ask.harmless().stream(), sink);
    assertThat(rig.upstreams.paused).isEqualTo(1);
    sink.writable = true;
    walk.writable();
    assertThat(rig.upstreams.resumed).isEqualTo(1);
    rig.upstreams.last().ended(Usage.UNKNOWN);
  }

  // Leaving

  @Test
  @DisplayName("E9 a caller that leaves in mid-stream frees the upstream; later frames are released")
  void cancelInMidStream() {
    RecordingSink sink = rig.sink();
    rig.upstreams.hold();
    Line.Walk walk = rig.begin(Ask.harmless().stream(), sink);
    event(ONE, true);
    sink.gone();
    walk.cancel();
    event(TWO, true);
    rig.upstreams.last().ended(Usage.UNKNOWN);
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    assertThat(sink.frames).hasToString(ONE);
    assertThat(rig.meters.ends).containsExactly("none cancelled MISS");
  }

  @Test
  @DisplayName("H6 a caller that leaves before the first content: what was held is released")
  void cancelWhileHolding() {
    RecordingSink sink = rig.sink();
    rig.upstreams.hold();
    Line.Walk walk = rig.begin(Ask.harmless().stream(), sink);
    event(ROLE, false);
    event(ROLE, false);
    sink.gone();
    walk.cancel();
    assertThat(rig.upstreams.leaks()).isZero();
  }

  @Test
  @DisplayName("reentrancy: a sink that finds its caller gone while opening cancels from inside, and gets nothing more")
  void cancelInsideOpen() {
    RecordingSink sink = rig.sink();
    Line.Walk[] walk = new Line.Walk[1];
    sink.inside = () -> {
      sink.gone();
      walk[0].cancel();
    };
    rig.upstreams.hold();
    walk[0] = rig.begin(Ask.harmless().stream(), sink);
    event(ROLE, false);
    event(ONE, true);
    assertThat(sink.calls).containsExactly("open", "gone");
    assertThat(sink.frames).isEmpty();
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    assertThat(rig.meters.ends).containsExactly("none cancelled MISS");
  }

  @Test
  @DisplayName("reentrancy: a caller found gone inside the last open gets no close, and nothing is stored")
  void cancelInsideOpenAtTheEnd() {
    RecordingSink sink = rig.sink();
    Line.Walk[] walk = new Line.Walk[1];
    sink.inside = () -> {
      sink.gone();
      walk[0].cancel();
    };
    rig.upstreams.hold();
    walk[0] = rig.begin(Ask.harmless().stream(), sink);
    event(ROLE, false);
    rig.upstreams.last().ended(Usage.UNKNOWN);
    assertThat(sink.calls).containsExactly("open", "gone");
    assertThat(rig.cache.size()).isZero();
    assertThat(rig.meters.ends).containsExactly("none cancelled MISS");
  }

  @Test
  @DisplayName("reentrancy: a caller that leaves inside send(), before the handle exists, still frees the upstream")
  void cancelInsideSend() {
    RecordingSink sink = rig.sink();
    rig.upstreams.inside = true;
    rig.upstreams.then(events -> rig.upstreams.inside = false);
    Line.Walk[] walk = new Line.Walk[1];
    // The first attempt fails later, so that the walk is known when the second one begins.
    rig.upstreams.then(events -> events.events(rig.upstreams.bytes(ONE), true));
    walk[0] = rig.begin(Ask.harmless().stream(), sink);
    sink.inside = () -> {
      sink.gone();
      walk[0].cancel();
    };
    rig.upstreams.inside = true;
    fail(RESET);
    assertThat(sink.calls).containsExactly("open", "gone");
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
  }

  // Defects

  @Test
  @DisplayName("G5 a sink that throws in mid-stream: the upstream is freed, the sink is told once, the end is counted once")
  void sinkThrowsInMidStream() {
    rig.defectsExpected = true;
    RecordingSink sink = streaming();
    event(ONE, true);
    sink.inside = () -> {
      sink.inside = () -> { };
      throw new IllegalStateException("sink");
    };
    event(TWO, true);
    assertThat(sink.calls).containsExactly("open", "breakOff");
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.INTERNAL);
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    assertThat(rig.meters.ends).containsExactly("none INTERNAL MISS");
    event(TWO, true);
    rig.upstreams.last().failed(AttemptFailure.of(RESET));
  }

  @Test
  @DisplayName("G5 H6 a sink that throws while opening: nothing leaks, the upstream is freed")
  void sinkThrowsWhileOpening() {
    rig.defectsExpected = true;
    RecordingSink sink = streaming();
    sink.inside = () -> {
      sink.inside = () -> { };
      throw new IllegalStateException("sink");
    };
    event(ROLE, false);
    event(ONE, true);
    assertThat(sink.calls).containsExactly("open", "breakOff");
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
  }

  @Test
  @DisplayName("G5 an upstream that gives one whole answer in mid-stream breaks its contract: the caller sees a broken stream")
  void wholeAnswerInMidStream() {
    rig.defectsExpected = true;
    RecordingSink sink = streaming();
    event(ONE, true);
    rig.upstreams.last().answered(rig.upstreams.bytes("{}"), Usage.UNKNOWN);
    assertThat(sink.calls).containsExactly("open", "breakOff");
  }

  @Test
  @DisplayName("a stream at the caller's deadline ends in an error of the stream")
  void deadlineInMidStream() {
    rig.upstreams.hold();
    RecordingSink sink = rig.walk(Ask.harmless().stream().within(Duration.ofSeconds(20).toNanos()));
    event(ONE, true);
    rig.loop.advance(Duration.ofSeconds(20).toNanos());
    fail(AttemptFailure.Kind.TOTAL_TIMEOUT);
    assertThat(sink.calls).containsExactly("open", "breakOff");
    assertThat(rig.state("c1")).isEqualTo("HEALTHY");
  }
}
