package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Refusal;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What must be recorded before anything leaves, and what follows where it cannot be. */
class AuditWalkTest {
  private static final String ANSWER = "{\"choices\":[]}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  @Test
  @DisplayName("G7 the decision is recorded before the first attempt, and every PUBLIC attempt carries the receipt")
  void recordedFirst() {
    rig.upstreams.then(events -> {
      assertThat(rig.audit.decided).containsExactly("r1");
      events.answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    });
    rig.walk(Ask.harmless());
    assertThat(rig.upstreams.sent).allMatch(Sent::receipt);
  }

  @Test
  @DisplayName("B6 when nothing can be recorded PUBLIC is left out, and the private side still serves")
  void auditFullServesAtHome() {
    rig.audit.full = true;
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.harmless()))).isEqualTo("home");
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }

  @Test
  @DisplayName("B6 when nothing can be recorded and only PUBLIC is left, the caller is told so")
  void auditFullRefusesPublic() {
    rig.audit.full = true;
    rig.down("home");
    RecordingSink sink = rig.walk(Ask.harmless());
    LineRig.refused(sink, Refusal.AUDIT_UNAVAILABLE);
    assertThat(java.util.Objects.requireNonNull(sink.error).retryAfterSeconds()).isPositive();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  static io.tidegate.policy.PolicyBundle durablePolicy() {
    try {
      String baseline = java.nio.file.Files.readString(java.nio.file.Path.of("../policies/baseline.yaml"));
      return Policies.bundleOf(baseline.replaceFirst("\nspec:\n", "\nspec:\n  audit: durable\n"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("G7 where the policy says durable nothing leaves for PUBLIC before the record is on the disk, and then it does")
  void durableIsAwaited() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(rig.audit.durableAsked).hasSize(1);
    assertThat(rig.upstreams.sent).isEmpty();
    rig.audit.synced(true);
    rig.loop.run();
    assertThat(rig.upstreams.sent).singleElement().satisfies(sent -> assertThat(sent.receipt()).isTrue());
    assertThat(LineRig.upstream(sink)).isEqualTo("cloud");
  }

  @Test
  @DisplayName("B6 where the record does not reach the disk in time the request goes on to other candidates, never to PUBLIC")
  void notDurableGoesElsewhere() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    rig.audit.synced(false);
    rig.loop.run();
    assertThat(rig.upstreams.sent).extracting(sent -> sent.zone()).containsExactly(Zone.PRIVATE);
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }

  @Test
  @DisplayName("B6 without another candidate the caller is told that the record could not be had")
  void notDurableRefuses() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.down("home");
    RecordingSink sink = rig.walk(Ask.harmless());
    rig.audit.synced(false);
    rig.loop.run();
    LineRig.refused(sink, Refusal.AUDIT_UNAVAILABLE);
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("G5 a caller that leaves while the record is awaited is gone, and nothing is sent afterwards")
  void leavesWhileTheDiskIsAwaited() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    sink.gone();
    walk.cancel();
    rig.audit.synced(true);
    rig.loop.run();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("decisions 6 a request that stays PRIVATE waits for no disk")
  void privateWaitsForNothing() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.restricted());
    assertThat(rig.audit.durableAsked).isEmpty();
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }
}
