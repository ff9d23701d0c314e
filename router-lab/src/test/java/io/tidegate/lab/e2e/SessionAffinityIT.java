package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.emulator.Emulator;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sessions over the wire: two private endpoints, of which one goes and comes back. */
class SessionAffinityIT {
  private static final int SESSIONS = 20;

  private static Emulator askedBy(TestBed bed, String session) {
    long before = bed.privateA.received().modelCalls();
    assertThat(bed.chat("auto", "Tell a short story.", false, "x-tidegate-sensitivity", "restricted", "x-tidegate-session", session).statusCode()).isEqualTo(200);
    return bed.privateA.received().modelCalls() > before ? bed.privateA : bed.privateB;
  }

  private static double away(TestBed bed) {
    return bed.metric("tidegate_picks_total", "method=\"session\"", "reason=\"away-ejected\"", "upstream=\"private\"");
  }

  @Test
  @DisplayName("R4.5 G1 sessions stay where they are; one of two endpoints gone, only its sessions move; it is back, they return; nothing went public")
  void sessionsOverTheWire() {
    try (TestBed bed = TestBed.start()) {
      Map<String, Emulator> homes = new HashMap<>();
      for (int i = 0; i < SESSIONS; i++) {
        homes.put("s" + i, askedBy(bed, "s" + i));
      }
      assertThat(homes.values()).contains(bed.privateA, bed.privateB);
      homes.forEach((session, home) -> assertThat(askedBy(bed, session)).isSameAs(home));
      bed.privateA.refuseConnections();
      for (String session : homes.keySet()) {
        assertThat(askedBy(bed, session)).isSameAs(bed.privateB);
      }
      assertThat(away(bed)).isPositive();
      bed.privateA.acceptConnections();
      GrpcClientIT.await("the endpoint is well again and its sessions are back", () -> homes.entrySet().stream()
          .allMatch(entry -> askedBy(bed, entry.getKey()) == entry.getValue()));
      assertThat(bed.publicOne.received().modelCalls()).isZero();
    }
  }
}
