package io.tidegate.ingress.grpc;

import static io.tidegate.ingress.http.H2Client.CONTINUATION;
import static io.tidegate.ingress.http.H2Client.DATA;
import static io.tidegate.ingress.http.H2Client.END_HEADERS;
import static io.tidegate.ingress.http.H2Client.END_STREAM;
import static io.tidegate.ingress.http.H2Client.HEADERS;
import static io.tidegate.ingress.http.H2Client.PING;
import static io.tidegate.ingress.http.H2Client.RST_STREAM;
import static io.tidegate.ingress.http.H2Client.SETTINGS;
import static io.tidegate.ingress.http.H2Client.frame;
import static io.tidegate.ingress.http.H2Client.hpack;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.ingress.http.H2Client;
import io.tidegate.ingress.http.H2Client.End;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What no gRPC library would send. Nothing of it reaches the line, each gets a named end, and the listener serves the next caller. */
class MalformedGrpcIT {
  private static final int STREAM = 1;

  @SuppressWarnings("NullAway.Init")
  private static GrpcRig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = new GrpcRig();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    rig.close();
  }

  /**
   * One malformed input.
   *
   * @param expected {@code grpc N} (one of several, by comma), {@code http N}, {@code reset}, {@code goaway} or {@code closed}; joined by |
   */
  record Case(String name, String expected, byte[]... frames) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] head(String path, String... more) {
    List<String> fields = new ArrayList<>(List.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost", "content-type",
        "application/grpc", "te", "trailers"));
    fields.addAll(List.of(more));
    return frame(HEADERS, END_HEADERS, STREAM, hpack(fields.toArray(new String[0])));
  }

  private static byte[] head() {
    return head("/tidegate.v1.RouterService/Chat");
  }

  /** The fields as they stand, nothing added. */
  private static byte[] bare(String... fields) {
    return frame(HEADERS, END_HEADERS, STREAM, hpack(fields));
  }

  private static byte[] data(int flags, byte... payload) {
    return frame(DATA, flags, STREAM, payload);
  }

  /** A length-prefixed message. */
  private static byte[] message(int compressed, long length, byte... content) {
    ByteBuf out = Unpooled.buffer(5 + content.length);
    out.writeByte(compressed).writeInt((int) length).writeBytes(content);
    return out.array();
  }

  private static byte[] good() {
    byte[] content = GrpcRig.chat("hi").toByteArray();
    return message(0, content.length, content);
  }

  private static byte[] twice(byte[] part) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(part);
    both.writeBytes(part);
    return both.toByteArray();
  }

  private static byte[] many(int count, byte[] part) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static Stream<Case> cases() {
    String chat = "/tidegate.v1.RouterService/Chat";
    return Stream.of(
        // The request line and its fields
        new Case("unknown method", "grpc 12", head("/tidegate.v1.RouterService/Nothing"), data(END_STREAM, good())),
        new Case("unknown service", "grpc 12", head("/other.Service/Chat"), data(END_STREAM, good())),
        new Case("path of an HTTP API", "grpc 12", head("/v1/chat/completions"), data(END_STREAM, good())),
        new Case("path without a slash", "grpc 12|http 404|reset", head("tidegate.v1.RouterService/Chat"), data(END_STREAM, good())),
        new Case("empty path", "grpc 12|http 404|reset", head(""), data(END_STREAM, good())),
        new Case("path in other case", "grpc 12", head("/tidegate.v1.routerservice/chat"), data(END_STREAM, good())),
        new Case("path with a query", "grpc 12", head(chat + "?a=b"), data(END_STREAM, good())),
        new Case("JSON instead of gRPC", "http 415|grpc 13", bare(":method", "POST", ":scheme", "http", ":path", chat, ":authority", "l", "content-type",
            "application/json"), data(END_STREAM, good())),
        new Case("no content type", "http 415|grpc 13", bare(":method", "POST", ":scheme", "http", ":path", chat, ":authority", "l"), data(END_STREAM, good())),
        new Case("GET", "http 405|grpc 13|reset", bare(":method", "GET", ":scheme", "http", ":path", chat, ":authority", "l", "content-type", "application/grpc",
            "te", "trailers"), data(END_STREAM, good())),
        new Case("no method", "grpc 13|http 400|http 405|reset|goaway", bare(":scheme", "http", ":path", chat, ":authority", "l", "content-type",
            "application/grpc"), data(END_STREAM, good())),
        new Case("no path", "grpc 12|http 404|reset|goaway", bare(":method", "POST", ":scheme", "http", ":authority", "l", "content-type", "application/grpc"),
            data(END_STREAM, good())),
        new Case("pseudo-field after a field", "reset|goaway|http 400", bare(":method", "POST", "content-type", "application/grpc", ":path", chat), data(END_STREAM, good())),
        new Case("method twice", "reset|goaway|http 400", bare(":method", "POST", ":method", "POST", ":scheme", "http", ":path", chat, "content-type",
            "application/grpc"), data(END_STREAM, good())),
        new Case("unknown pseudo-field", "reset|goaway|http 400", bare(":method", "POST", ":scheme", "http", ":path", chat, ":odd", "x"), data(END_STREAM, good())),
        new Case("upper case in a name", "reset|goaway|http 400", head(chat, "X-Odd", "x"), data(END_STREAM, good())),
        new Case("connection field", "reset|goaway|http 400", head(chat, "connection", "close"), data(END_STREAM, good())),
        new Case("unknown compression", "grpc 12", head(chat, "grpc-encoding", "brotli"), data(END_STREAM, good())),
        new Case("time-out in a wrong form", "grpc 13|grpc 3|reset|http 400", head(chat, "grpc-timeout", "soon"), data(END_STREAM, good())),
        new Case("time-out without a unit", "grpc 13|grpc 3|reset|http 400", head(chat, "grpc-timeout", "5"), data(END_STREAM, good())),
        new Case("metadata past the bound", "http 431|grpc 8|reset|goaway", head(chat, "x-large", "x".repeat(40_000)), data(END_STREAM, good())),
        new Case("metadata past the bound in many fields", "http 431|grpc 8|reset|goaway", head(chat, java.util.Collections.nCopies(2_000, "x-many").toArray(new String[0])),
            data(END_STREAM, good())),
        new Case("sensitivity twice", "grpc 3", head(chat, "x-tidegate-sensitivity", "internal", "x-tidegate-sensitivity", "public"), data(END_STREAM, good())),
        new Case("sensitivity under another spelling", "grpc 3", head(chat, "x_tidegate_sensitivity", "public"), data(END_STREAM, good())),
        new Case("binary metadata that is not base64", "grpc 3|grpc 13|closed|reset|http 400|line", head(chat, "x-odd-bin", "%%%"), data(END_STREAM, good())),
        // The message
        new Case("no message", "grpc 13|grpc 12|grpc 3", frame(HEADERS, END_HEADERS | END_STREAM, STREAM, hpack(":method", "POST", ":scheme", "http", ":path", chat, ":authority",
            "l", "content-type", "application/grpc", "te", "trailers"))),
        new Case("empty data", "grpc 13|grpc 12|grpc 3", head(), data(END_STREAM)),
        new Case("message of no bytes", "grpc 3", head(), data(END_STREAM, message(0, 0))),
        new Case("prefix cut short", "grpc 13|grpc 1|grpc 3", head(), data(END_STREAM, (byte) 0, (byte) 0, (byte) 0)),
        new Case("message cut short", "grpc 13|grpc 1|grpc 3", head(), data(END_STREAM, message(0, 100, (byte) 1))),
        new Case("two messages in a unary call", "grpc 13|grpc 12|reset", head(), data(END_STREAM, twice(good()))),
        new Case("length of 4 GiB", "grpc 8|grpc 13", head(), data(END_STREAM, message(0, 0xffffffffL, (byte) 1))),
        new Case("length just past the bound", "grpc 8", head(), data(END_STREAM, message(0, (16 << 20) + 1, (byte) 1))),
        new Case("length of 2 GiB", "grpc 8|grpc 13", head(), data(END_STREAM, message(0, 0x80000000L, (byte) 1))),
        new Case("reserved bits in the compression flag", "grpc 13", head(), data(END_STREAM, message(0xfe, 3, (byte) 1, (byte) 2, (byte) 3))),
        new Case("compressed without saying how", "grpc 13", head(), data(END_STREAM, message(1, 3, (byte) 1, (byte) 2, (byte) 3))),
        new Case("gzip that is none", "grpc 3", head(chat, "grpc-encoding", "gzip"), data(END_STREAM, message(1, 3, (byte) 1, (byte) 2, (byte) 3))),
        new Case("not protobuf", "grpc 3", head(), data(END_STREAM, message(0, 4, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff))),
        new Case("protobuf with broken UTF-8", "grpc 3", head(), data(END_STREAM, message(0, 3, (byte) 0x0a, (byte) 1, (byte) 0xff))),
        new Case("protobuf whose field is longer than it", "grpc 3", head(), data(END_STREAM, message(0, 3, (byte) 0x0a, (byte) 100, (byte) 'a'))),
        new Case("protobuf nested without end", "grpc 3", head(), data(END_STREAM, nested(3_000))),
        new Case("padding longer than its frame", "reset|goaway|closed", head(), frame(DATA, 8 | END_STREAM, STREAM, (byte) 200, (byte) 1)),
        // Frames
        new Case("data before any head", "goaway|reset|closed", data(END_STREAM, good())),
        new Case("data on stream 0", "goaway|closed", head(), frame(DATA, END_STREAM, 0, good())),
        new Case("head on an even stream", "goaway|closed", frame(HEADERS, END_HEADERS, 2, hpack(":method", "POST", ":path", chat))),
        new Case("continuation without a head", "goaway|closed", frame(CONTINUATION, END_HEADERS, STREAM, hpack("a", "b"))),
        new Case("broken HPACK", "goaway|closed", frame(HEADERS, END_HEADERS, STREAM, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff)),
        new Case("frame past the frame bound", "goaway|closed", head(), frame(DATA, 0, STREAM, new byte[(16 << 10) + 1])),
        new Case("a settings frame of odd length", "goaway|closed", frame(SETTINGS, 0, 0, (byte) 1)),
        new Case("a reset of an idle stream", "goaway|closed", frame(RST_STREAM, 0, 5, (byte) 0, (byte) 0, (byte) 0, (byte) 8)),
        new Case("a flood of pings", "goaway|closed", many(2_000, frame(PING, 0, 0, new byte[8]))),
        new Case("a flood of settings", "goaway|closed", many(2_000, frame(SETTINGS, 0, 0))),
        new Case("a flood of empty data", "goaway|closed|reset", head(), many(5_000, data(0))),
        new Case("a head in a flood of continuations", "goaway|closed|reset|http 431", frame(HEADERS, 0, STREAM, hpack(":method", "POST", ":path", chat)),
            many(2_000, frame(CONTINUATION, 0, STREAM, hpack("a", "b")))));
  }

  private static byte[] nested(int depth) {
    // Field 15 (extra) of ChatRequest → Struct.fields (1) → Value.struct_value (5 of Value is struct) …: wrapped from the inside outwards.
    byte[] inner = {};
    for (int i = 0; i < depth; i++) {
      ByteBuf out = Unpooled.buffer(inner.length + 8);
      out.writeByte(i % 2 == 0 ? 0x2a : 0x0a);
      for (int rest = inner.length; ; rest >>>= 7) {
        if (rest < 128) {
          out.writeByte(rest);
          break;
        }
        out.writeByte(rest & 127 | 128);
      }
      out.writeBytes(inner);
      inner = new byte[out.readableBytes()];
      out.readBytes(inner);
      if (inner.length > 15_000) {
        break;
      }
    }
    ByteBuf extra = Unpooled.buffer();
    extra.writeByte(15 << 3 | 2);
    extra.writeByte(inner.length & 127 | 128).writeByte(inner.length >>> 7 & 127 | 128).writeByte(inner.length >>> 14).writeBytes(inner);
    byte[] content = new byte[extra.readableBytes()];
    extra.readBytes(content);
    return message(0, content.length, content);
  }

  private static String told(End end) {
    if (!end.kind().equals("answer")) {
      return end.kind();
    }
    String grpc = end.headers().get("grpc-status");
    return grpc != null ? "grpc " + grpc : "http " + end.status();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  @DisplayName("E7 E8 malformed calls get their named end and reach no line; the listener goes on")
  void malformed(Case one) throws IOException {
    int before = rig.line.requests.size();
    String told;
    try (H2Client client = new H2Client(rig.ingress.port())) {
      End end = client.send(one.frames()).end(STREAM);
      told = told(end);
      assertThat(end.headers().toString()).doesNotContain("Exception").doesNotContain("java.");
    }
    assertThat(List.of(one.expected().split("\\|"))).as("got " + told).contains(told);
    assertThat(rig.line.requests).as("requests that reached the line").hasSize(before);
    assertThat(rig.blocking.chat(GrpcRig.chat("still there")).getChoicesCount()).isEqualTo(1);
  }

  @Test
  @DisplayName("the yardstick: the same bytes without a fault are answered")
  void wellFormed() throws IOException {
    try (H2Client client = new H2Client(rig.ingress.port())) {
      End end = client.send(head(), data(END_STREAM, good())).end(STREAM);
      assertThat(told(end)).isEqualTo("grpc 0");
    }
  }

  @Test
  @DisplayName("an HTTP/1.1 request on the gRPC port gets no answer of a model, and the connection is closed")
  void http1() throws IOException {
    int before = rig.line.requests.size();
    try (java.net.Socket socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), rig.ingress.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
    assertThat(rig.line.requests).hasSize(before);
  }

  @Test
  @DisplayName("E1 rapid reset ends the connection, and the walks it began are cancelled")
  void rapidReset() throws Exception {
    try (GrpcRig own = new GrpcRig()) {
      own.line.script = (request, sink, loop) -> { };
      try (H2Client client = new H2Client(own.ingress.port())) {
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int stream = 1; stream < 4_000; stream += 2) {
          byte[] opened = head();
          byte[] sent = data(END_STREAM, good());
          opened[8] = (byte) stream;
          opened[7] = (byte) (stream >>> 8);
          sent[8] = (byte) stream;
          sent[7] = (byte) (stream >>> 8);
          flood.writeBytes(opened);
          flood.writeBytes(sent);
          flood.writeBytes(frame(RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 8));
        }
        assertThat(client.send(flood.toByteArray()).end(STREAM).kind()).isIn("goaway", "closed");
      }
      GrpcRig.await("each begun walk is cancelled", () -> own.line.cancelled.get() == own.line.requests.size());
      assertThat(own.line.requests.size()).isLessThan(1_000);
    }
  }
}
