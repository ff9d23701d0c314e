package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.clearance;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.CountingMeters;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Destination;
import io.tidegate.model.Hints;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.TraceContext;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The writer asks for itself, whatever was asked before it. */
class OutletTest {
  private final CountingMeters meters = new CountingMeters();
  private final Outlet outlet = new Outlet(meters);
  private final Upstream outside = upstream("outside", Zone.PUBLIC);
  private final Target target = new Target(outside, endpoint("outside", 8000), null);
  private final AuditReceipt receipt = new AuditReceipt("r1", 1);
  private final Connected near = new Connected("127.0.0.1");
  private final Connected far = new Connected("10.1.2.3");

  @AfterEach
  void nothingIsLeft() {
    near.finishAndReleaseAll();
    far.finishAndReleaseAll();
  }

  /** A channel that says it is connected to some address. */
  private static final class Connected extends EmbeddedChannel {
    private final String address;

    Connected(String address) {
      this.address = address;
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress(address, 8000);
    }
  }

  private record On(Channel channel, boolean isHttp2) implements Carrier {
    @Override
    public Channel socket() {
      return channel;
    }

    @Override
    public boolean reused() {
      return false;
    }

    @Override
    public void flushSoon() {
      channel.flush();
    }

    @Override
    public void reading(boolean on) {}

    @Override
    public void abort() {}

    @Override
    public void finish() {}
  }

  @Test
  @DisplayName("G1 what is cleared is written: head, length, the clearance's bytes")
  void writes() {
    assertThat(outlet.write(new On(near, false), target, clearance("r1", outside), receipt, true, null)).isNull();
    ByteBuf written = near.readOutbound();
    assertThat(written.toString(StandardCharsets.UTF_8)).startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
        .contains("\r\nAccept: text/event-stream\r\n").endsWith("\r\nContent-Length: " + GateRig.BODY.length() + "\r\n\r\n" + GateRig.BODY);
    written.release();
    assertThat(meters.egressRefused).hasValue(0);
  }

  @ParameterizedTest
  @DisplayName("G1 A2 at the moment of the write nothing that is not cleared leaves, over HTTP/1.1 or HTTP/2")
  @ValueSource(booleans = {false, true})
  void writesNothingElse(boolean http2) {
    On nearby = new On(near, http2);
    assertThat(outlet.write(nearby, target, clearance("r1", outside), null, false, null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(outlet.write(nearby, target, clearance("r2", outside), receipt, false, null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(outlet.write(nearby, target, clearance("r1", upstream("outside", Zone.PRIVATE)), receipt, false, null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(outlet.write(nearby, target, clearance("r1", upstream("other", Zone.PUBLIC)), receipt, false, null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(outlet.write(new On(far, http2), target, clearance("r1", outside), receipt, false, null)).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    assertThat(near.<Object>readOutbound()).isNull();
    assertThat(far.<Object>readOutbound()).isNull();
    assertThat(meters.egressRefused).hasValue(5);
  }

  @Test
  @DisplayName("G1 A14 what an endpoint says of itself that it takes holds at the moment of the write as well")
  void clearanceOfTheEndpoint() {
    Target narrow = new Target(outside, endpoint("outside", 8000).with(new Hints(Sensitivity.PUBLIC, Set.of(), 0, 0)), null);
    assertThat(outlet.write(new On(near, false), narrow, clearance("r1", outside), receipt, false, null)).isNull();
    near.<ByteBuf>readOutbound().release();
    Clearance internal = DecisionFixture.clearance(DecisionFixture.decision(DecisionFixture.request("r1", Operation.CHAT, "m", false, GateRig.BODY),
        Sensitivity.INTERNAL, Destination.PRIVATE, Destination.PUBLIC), outside);
    assertThat(outlet.write(new On(near, false), narrow, internal, receipt, false, null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(near.<Object>readOutbound()).isNull();
  }

  @Test
  @DisplayName("G1 of a trace a PUBLIC upstream is told numbers only; the caller's own state goes to a PRIVATE one")
  void traces() {
    TraceContext trace = TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "vendor=CANARY");
    assertThat(outlet.write(new On(near, false), target, clearance("r1", outside), receipt, false, trace)).isNull();
    ByteBuf written = near.readOutbound();
    assertThat(written.toString(StandardCharsets.UTF_8)).contains("\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n" + GateRig.BODY)
        .doesNotContain("tracestate").doesNotContain("CANARY");
    written.release();
    Upstream inside = upstream("inside", Zone.PRIVATE);
    assertThat(outlet.write(new On(near, false), new Target(inside, endpoint("inside", 8000), null), clearance("r1", inside), null, false, trace)).isNull();
    written = near.readOutbound();
    assertThat(written.toString(StandardCharsets.UTF_8)).contains("\r\ntracestate: vendor=CANARY\r\n\r\n" + GateRig.BODY);
    written.release();
  }

  @ParameterizedTest
  @DisplayName("A14 a probe is written to an allowed address only")
  @ValueSource(booleans = {false, true})
  void probes(boolean http2) {
    assertThat(outlet.write(new On(far, http2), target, Probe.HEALTH)).isFalse();
    assertThat(far.<Object>readOutbound()).isNull();
    assertThat(meters.egressRefused).hasValue(1);
    assertThat(outlet.write(new On(near, http2), target, Probe.HEALTH)).isTrue();
    assertThat(near.<Object>readOutbound()).isNotNull();
  }
}
