package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Meters;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.TraceContext;
import io.tidegate.model.Zone;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The only writer towards models (hazard A1): asks {@link EgressCheck} and writes, in one method, so that nothing can come between. What is
 * written is the target's constant head and the clearance's own bytes.
 */
final class Outlet {
  private static final AsciiString JSON = AsciiString.cached("application/json");
  private static final AsciiString EVENT_STREAM = AsciiString.cached("text/event-stream");
  private static final AsciiString USER_AGENT = AsciiString.cached("tidegate");
  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString GET = AsciiString.cached("GET");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final int DIGITS_AND_BLANK_LINE = 14;
  private static final byte[] TRACE_PARENT_LINE = "\r\ntraceparent: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRACE_STATE_LINE = "\r\ntracestate: ".getBytes(StandardCharsets.US_ASCII);
  private static final int TRACE_LINES = 2 * 16 + TraceContext.LENGTH + TraceContext.MAX_STATE;

  private final Meters meters;

  Outlet(Meters meters) {
    this.meters = meters;
  }

  /**
   * Writes one request.
   *
   * @param trace told beside it, if anything: numbers, and to a PRIVATE upstream the caller's own state
   * @return null if it was written; else why not, and then no byte was, and the caller closes the carrier
   */
  @Nullable Kind write(Carrier carrier, Target target, Clearance clearance, @Nullable AuditReceipt receipt, boolean stream, @Nullable TraceContext trace) {
    Channel socket = carrier.socket();
    Kind objection = socket.eventLoop().inEventLoop()
        ? EgressCheck.objection(clearance, target.upstream(), target.endpoint(), receipt, socket.remoteAddress()) : Kind.GATE_REFUSED;
    if (objection != null) {
      meters.egressRefused();
      return objection;
    }
    if (carrier.isHttp2()) {
      writeFrames(carrier.channel(), target, clearance, stream, trace);
    } else {
      writeText(carrier.channel(), target, clearance, stream, trace);
    }
    carrier.flushSoon();
    return null;
  }

  /** Whether a request would be refused whatever the connection: then none need be opened. Counts the refusal. */
  @Nullable Kind objection(Target target, Clearance clearance, @Nullable AuditReceipt receipt) {
    Kind objection = EgressCheck.objection(clearance, target.upstream(), target.endpoint(), receipt);
    if (objection != null) {
      meters.egressRefused();
    }
    return objection;
  }

  /** Counts a connection that was refused for its address. */
  void addressRefused() {
    meters.egressRefused();
  }

  /** Writes a probe: constant bytes. False if the address is not allowed; then no byte was written. */
  boolean write(Carrier carrier, Target target, Probe probe) {
    if (!EgressCheck.isAllowed(target.upstream(), target.endpoint(), carrier.socket().remoteAddress())) {
      meters.egressRefused();
      return false;
    }
    Channel channel = carrier.channel();
    if (carrier.isHttp2()) {
      Http2Headers headers = headers(target, GET, AsciiString.of(probe.path(target.upstream().basePath())), JSON);
      channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true), channel.voidPromise());
    } else {
      channel.writeAndFlush(Unpooled.wrappedBuffer(target.probe(probe)), channel.voidPromise());
    }
    return true;
  }

  private static void writeText(Channel channel, Target target, Clearance clearance, boolean stream, @Nullable TraceContext trace) {
    byte[] head = target.head(clearance.operation(), stream ? 1 : 0);
    int length = clearance.length();
    ByteBuf request = channel.alloc().directBuffer(head.length + DIGITS_AND_BLANK_LINE + (trace == null ? 0 : TRACE_LINES) + length);
    request.writeBytes(head);
    writeDigits(request, length);
    if (trace != null) {
      request.writeBytes(TRACE_PARENT_LINE).writeBytes(trace.header());
      String state = state(trace, target);
      if (state != null) {
        request.writeBytes(TRACE_STATE_LINE);
        request.writeCharSequence(state, StandardCharsets.US_ASCII);
      }
    }
    request.writeInt('\r' << 24 | '\n' << 16 | '\r' << 8 | '\n');
    request.writeBytes(clearance.buffer());
    channel.write(request, channel.voidPromise());
  }

  private static void writeFrames(Channel channel, Target target, Clearance clearance, boolean stream, @Nullable TraceContext trace) {
    Http2Headers headers = headers(target, POST, target.path(clearance.operation()), stream ? EVENT_STREAM : JSON);
    headers.add("content-type", JSON);
    headers.add("content-length", Integer.toString(clearance.length()));
    if (trace != null) {
      headers.add("traceparent", new AsciiString(trace.header(), false));
      String state = state(trace, target);
      if (state != null) {
        headers.add("tracestate", state);
      }
    }
    channel.write(new DefaultHttp2HeadersFrame(headers, false), channel.voidPromise());
    ByteBuf body = channel.alloc().directBuffer(clearance.length());
    body.writeBytes(clearance.buffer());
    channel.write(new DefaultHttp2DataFrame(body, true), channel.voidPromise());
  }

  /** The caller's own text: what is not in the decision leaves for no PUBLIC upstream, whatever the line says (G1). */
  private static @Nullable String state(TraceContext trace, Target target) {
    return target.upstream().zone() == Zone.PRIVATE ? trace.state() : null;
  }

  private static Http2Headers headers(Target target, AsciiString method, AsciiString path, AsciiString accept) {
    Http2Headers headers = new DefaultHttp2Headers(false, 12).method(method).scheme(HTTPS).authority(target.authority()).path(path);
    headers.add("user-agent", USER_AGENT);
    headers.add("accept", accept);
    String authorization = target.authorization();
    if (authorization != null) {
      headers.add("authorization", authorization);
    }
    return headers;
  }

  /** Decimal digits of a number that is not negative. */
  private static void writeDigits(ByteBuf to, int number) {
    int power = 1;
    while (number / power >= 10) {
      power *= 10;
    }
    for (; power > 0; power /= 10) {
      to.writeByte('0' + number / power % 10);
    }
  }
}
