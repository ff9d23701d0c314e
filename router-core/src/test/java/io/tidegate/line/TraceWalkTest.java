package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.RequestTrace.Propagation;
import io.tidegate.line.RequestTrace.Step;
import io.tidegate.line.RequestTrace.Tried;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.TraceContext;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TraceWalkTest {
  private static final String ANSWER = "{\"id\":\"x\",\"choices\":[]}";
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final LineRig rig = new LineRig();
  private final List<RequestTrace> over = new ArrayList<>();
  private Propagation propagation = Propagation.PRIVATE;
  private @Nullable TraceContext caller;
  private boolean ours = true;
  private long ids;

  TraceWalkTest() {
    rig.tracing = new Tracing() {
      @Override
      public RequestTrace begin(@Nullable TraceContext from, long arrivedNanos, Loop loop) {
        return new RequestTrace(caller, 7, 8, () -> ++ids, caller != null && caller.sampled(), ours, propagation, arrivedNanos);
      }

      @Override
      public void over(RequestTrace trace, Loop loop) {
        over.add(trace);
      }
    };
  }

  @AfterEach
  void nothingLeaks() {
    rig.aftermath();
  }

  private RequestTrace only() {
    assertThat(over).hasSize(1);
    return over.get(0);
  }

  @Test
  @DisplayName("a trace tells the request's steps and its one attempt, in the loop's time")
  void steps() {
    rig.upstreams.hold();
    rig.walk(Ask.harmless());
    rig.loop.advance(5_000_000);
    rig.upstreams.last().answered(rig.upstreams.bytes(ANSWER), new Upstreams.Usage(3, 4, -1, -1));
    RequestTrace trace = only();
    assertThat(trace.steps()).extracting(RequestTrace.Timed::step).containsExactly(Step.CLASSIFY, Step.DECIDE);
    Tried tried = trace.attempts().get(0);
    assertThat(trace.attempts()).hasSize(1);
    assertThat(tried.upstream()).isEqualTo("cloud");
    assertThat(tried.model()).isEqualTo("deepseek");
    assertThat(tried.failure()).isNull();
    assertThat(tried.toNanos() - tried.fromNanos()).isEqualTo(5_000_000);
    assertThat(tried.usage().outputTokens()).isEqualTo(4);
    assertThat(trace.end().destination()).isEqualTo(Destination.PUBLIC);
    assertThat(trace.end().durationNanos()).isEqualTo(5_000_000);
    assertThat(trace.parent()).isZero();
  }

  @Test
  @DisplayName("a wait for the record on the disk is a step of its own, as long as it took")
  void waits() {
    rig.rules = LineRig.rules(AuditWalkTest.durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless());
    rig.loop.advance(7_000);
    rig.audit.synced(true);
    rig.loop.run();
    assertThat(only().steps()).extracting(RequestTrace.Timed::step).containsExactly(Step.CLASSIFY, Step.DECIDE, Step.RECORD);
    RequestTrace.Timed wait = only().steps().get(2);
    assertThat(wait.toNanos() - wait.fromNanos()).isEqualTo(7_000);
  }

  @Test
  @DisplayName("an attempt that failed has its reason, a refusal ends the trace with its code")
  void failures() {
    rig.upstreams.fail(Kind.SERVER_ERROR).fail(Kind.SERVER_ERROR).fail(Kind.SERVER_ERROR);
    rig.walk(Ask.harmless());
    assertThat(only().attempts()).hasSizeGreaterThan(1).extracting(Tried::failure).containsOnly(Kind.SERVER_ERROR);
    assertThat(only().end().refusal()).isEqualTo(Refusal.UPSTREAM_FAILED);
  }

  @Test
  @DisplayName("a caller that leaves ends its attempt in the trace too, at the time it left")
  void leaves() {
    rig.upstreams.hold();
    Line.Walk walk = rig.begin(Ask.harmless(), new RecordingSink());
    rig.loop.advance(1_000);
    walk.cancel();
    Tried tried = only().attempts().get(0);
    assertThat(tried.failure()).isEqualTo(Kind.CANCELLED);
    assertThat(tried.toNanos() - tried.fromNanos()).isEqualTo(1_000);
  }

  @Test
  @DisplayName("W3C G1 a private upstream is told of the trace with the caller's state, a public one only where that is configured, and never of the state")
  void told() {
    TraceContext from = TraceContext.parse(PARENT, "vendor=CANARY");
    assertThat(toldBy(LatencyClass.STANDARD, from)).as("public, propagate: private").isNull();
    TraceContext home = toldBy(LatencyClass.INTERACTIVE, from);
    assertThat(home.state()).isEqualTo("vendor=CANARY");
    assertThat(new String(home.header(), StandardCharsets.US_ASCII)).startsWith("00-0af7651916cd43dd8448eb211c80319c-").endsWith("-01").doesNotContain("b7ad6b7169203331");
    propagation = Propagation.ALL;
    TraceContext cloud = toldBy(LatencyClass.STANDARD, from);
    assertThat(cloud.low()).isEqualTo(from.low());
    assertThat(cloud.state()).isNull();
    assertThat(toldBy(LatencyClass.STANDARD, null).high()).as("a trace that begins here").isEqualTo(7);
    ours = false;
    assertThat(new String(toldBy(LatencyClass.INTERACTIVE, from).header(), StandardCharsets.US_ASCII)).as("nobody collects our spans: passed on as it came").isEqualTo(PARENT);
    assertThat(toldBy(LatencyClass.INTERACTIVE, null)).isNull();
    propagation = Propagation.NOBODY;
    assertThat(toldBy(LatencyClass.INTERACTIVE, from)).isNull();
    rig.tracing = Tracing.OFF;
    assertThat(toldBy(LatencyClass.INTERACTIVE, from)).isNull();
  }

  private @Nullable TraceContext toldBy(LatencyClass wish, @Nullable TraceContext from) {
    caller = from;
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.about("another " + ++ids).wish(wish));
    return rig.upstreams.last().trace();
  }
}
