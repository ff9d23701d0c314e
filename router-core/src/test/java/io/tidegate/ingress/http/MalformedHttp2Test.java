package io.tidegate.ingress.http;

import static io.tidegate.ingress.http.H2Client.CONTINUATION;
import static io.tidegate.ingress.http.H2Client.DATA;
import static io.tidegate.ingress.http.H2Client.END_HEADERS;
import static io.tidegate.ingress.http.H2Client.END_STREAM;
import static io.tidegate.ingress.http.H2Client.HEADERS;
import static io.tidegate.ingress.http.H2Client.PING;
import static io.tidegate.ingress.http.H2Client.PRIORITY;
import static io.tidegate.ingress.http.H2Client.RST_STREAM;
import static io.tidegate.ingress.http.H2Client.SETTINGS;
import static io.tidegate.ingress.http.H2Client.WINDOW_UPDATE;
import static io.tidegate.ingress.http.H2Client.frame;
import static io.tidegate.ingress.http.H2Client.hpack;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.http.H2Client.End;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** HTTP/2 that must not get in: a stream error, an error of the connection, or the same answer as over HTTP/1; never a walk. */
class MalformedHttp2Test {
  private static final String CHAT = "{\"model\":\"m\",\"messages\":[{}]}";
  private static final String[] GOOD = {":method", "POST", ":scheme", "http", ":path", "/v1/chat/completions", ":authority", "localhost",
    "content-type", "application/json"};
  private static final int PROTOCOL_ERROR = 1;
  private static final int FLOW_CONTROL_ERROR = 3;
  private static final int FRAME_SIZE_ERROR = 6;
  private static final int COMPRESSION_ERROR = 9;
  private static final int CALM = 11;

  @SuppressWarnings("NullAway.Init")
  private static HttpRig rig;

  /** Ends that are right: {@code "400"} an answer, {@code "reset"} a stream error, {@code "goaway:n"} the connection's. */
  private record Row(String name, byte[] bytes, List<String> ends) {}

  @BeforeAll
  static void open() throws IOException {
    rig = new HttpRig(HttpConfig.DEFAULT);
  }

  @AfterAll
  static void shut() {
    rig.close();
  }

  @TestFactory
  Stream<DynamicTest> refused() {
    List<Row> rows = new ArrayList<>();
    pseudoHeaders(rows);
    fields(rows);
    framing(rows);
    floods(rows);
    unwelcome(rows);
    assertThat(rows).hasSizeGreaterThan(75);
    return rows.stream().map(row -> DynamicTest.dynamicTest(row.name + " → " + row.ends, () -> check(row)));
  }

  private static void check(Row row) throws IOException {
    try (H2Client client = new H2Client(rig.ingress.port())) {
      client.send(row.bytes);
      End end = client.end(1);
      String got = switch (end.kind()) {
        case "answer" -> end.status() + (end.body().isEmpty() ? " without body" : "");
        case "goaway" -> "goaway:" + end.code();
        default -> end.kind();
      };
      assertThat(row.ends).as("got %s %s", end, end.code()).contains(got);
      if (!end.body().isEmpty()) {
        assertThat(end.body()).startsWith("{\"error\":{\"message\":\"");
        assertThat(end.headers()).containsKey("x-request-id");
      }
      assertThat(rig.line.untouched()).as("nothing reached the line").isTrue();
      assertThat(rig.ingress.heldBodyBytes()).isZero();
    }
  }

  private static void pseudoHeaders(List<Row> rows) {
    for (int i = 0; i < 6; i += 2) {
      reset(rows, "E7 no " + GOOD[i], without(i));
      reset(rows, "E7 empty " + GOOD[i], with(i, ""));
      reset(rows, "E7 " + GOOD[i] + " twice", plus(GOOD[i], GOOD[i + 1]));
      reset(rows, "E7 " + GOOD[i] + " after a field", late(i));
    }
    reset(rows, "E7 no :authority and no host", without(6));
    reset(rows, "E7 empty :authority", with(6, ""));
    reset(rows, "E7 :authority twice", plus(":authority", "localhost"));
    reset(rows, "E7 unknown pseudo-header", front(":x", "y"));
    reset(rows, "E7 :status in a request", front(":status", "200"));
    reset(rows, "E7 :protocol", front(":protocol", "websocket"));
    reset(rows, "E7 :authority is not Host", plus("host", "127.0.0.1"));
    reset(rows, "E7 Host twice", plus("host", "localhost", "host", "localhost"));
    reset(rows, "E7 unknown method", with(0, "BREW"));
    reset(rows, "E7 lower case method", with(0, "post"));
    reset(rows, "E7 unknown scheme", with(2, "gopher"));
    reset(rows, "E7 path without slash", with(4, "v1/chat/completions"));
    reset(rows, "E7 path *", with(4, "*"));
    reset(rows, "E7 path with NUL", with(4, "/v1\u0000"));
    reset(rows, "E7 path with a space", with(4, "/v1/chat completions"));
    reset(rows, "E7 path with a fragment", with(4, "/v1/models#x"));
    reset(rows, "E7 path with CR LF", with(4, "/ HTTP/1.1\r\nHost: evil\r\n"));
  }

  private static void fields(List<Row> rows) {
    for (String name : List.of("connection", "keep-alive", "proxy-connection", "upgrade", "transfer-encoding")) {
      reset(rows, "E7 " + name, plus(name, name.equals("transfer-encoding") ? "chunked" : "x"));
    }
    reset(rows, "E7 te gzip", plus("te", "gzip"));
    reset(rows, "E7 upper case name", plus("X-A", "b"));
    reset(rows, "E7 empty name", plus("", "b"));
    reset(rows, "E7 space in a name", plus("x a", "b"));
    reset(rows, "E7 colon in a name", plus("x:a", "b"));
    reset(rows, "E7 CR LF in a value", plus("x-a", "b\r\nc: d"));
    reset(rows, "E7 LF in a value", plus("x-a", "b\nc"));
    reset(rows, "E7 NUL in a value", plus("x-a", "b\u0000c"));
    reset(rows, "E7 space before a value", plus("x-a", " b"));
    reset(rows, "E7 tab after a value", plus("x-a", "b\t"));
    reset(rows, "A8 sensitivity twice", plus("x-tidegate-sensitivity", "RESTRICTED", "x-tidegate-sensitivity", "PUBLIC"));
    reset(rows, "A8 sensitivity with underscores", plus("x_tidegate_sensitivity", "PUBLIC"));
    reset(rows, "A8 tenant twice", plus("x-tidegate-tenant", "a", "x-tidegate-tenant", "b"));
    reset(rows, "A8 keys twice", plus("authorization", "Bearer a", "authorization", "Bearer b"));
    reset(rows, "E7 content-length twice", plus("content-length", "3", "content-length", "4"));
    reset(rows, "E7 content-length of letters", plus("content-length", "x"));
    reset(rows, "E7 content-length signed", plus("content-length", "+3"));
  }

  private static void framing(List<Row> rows) {
    row(rows, "E7 DATA longer than content-length", join(open(plus("content-length", "3")), data(CHAT)), "reset");
    row(rows, "E7 DATA shorter than content-length", join(open(plus("content-length", "300")), data(CHAT)), "reset");
    row(rows, "E7 content-length without DATA", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(plus("content-length", "3"))), "reset");
    row(rows, "E7 trailers", join(open(GOOD), frame(DATA, 0, 1, bytes(CHAT)), frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack("x-a", "b"))),
        "400", "reset");
    row(rows, "A8 internal trailers", join(open(GOOD), frame(DATA, 0, 1, bytes(CHAT)),
        frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack("x-tidegate-sensitivity", "PUBLIC"))), "400", "reset");
    row(rows, "E7 trailers that do not end the stream", join(open(GOOD), frame(HEADERS, END_HEADERS, 1, hpack("x-a", "b"))), "400", "reset",
        "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 DATA on an idle stream", data(CHAT), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 DATA on stream 0", frame(DATA, 0, 0, bytes("x")), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 HEADERS on stream 0", frame(HEADERS, END_HEADERS, 0, hpack(GOOD)), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 HEADERS on an even stream", frame(HEADERS, END_HEADERS, 2, hpack(GOOD)), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 PUSH_PROMISE of a client", frame(5, END_HEADERS, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 2), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 CONTINUATION out of the blue", frame(CONTINUATION, END_HEADERS, 1, hpack(GOOD)), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 DATA between HEADERS and CONTINUATION", join(frame(HEADERS, 0, 1, hpack(GOOD)), data(CHAT)), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 SETTINGS of 5 bytes", frame(SETTINGS, 0, 0, new byte[5]), "goaway:" + FRAME_SIZE_ERROR);
    row(rows, "E7 SETTINGS on a stream", frame(SETTINGS, 0, 1, new byte[6]), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 initial window over 2^31", frame(SETTINGS, 0, 0, new byte[] {0, 4, -1, -1, -1, -1}), "goaway:" + FLOW_CONTROL_ERROR,
        "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 PING of 7 bytes", frame(PING, 0, 0, new byte[7]), "goaway:" + FRAME_SIZE_ERROR);
    row(rows, "E7 RST_STREAM of an idle stream", frame(RST_STREAM, 0, 1, new byte[4]), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 WINDOW_UPDATE of 0", frame(WINDOW_UPDATE, 0, 0, new byte[4]), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E7 window past 2^31", frame(WINDOW_UPDATE, 0, 0, new byte[] {127, -1, -1, -1}), "goaway:" + FLOW_CONTROL_ERROR);
    row(rows, "E7 frame over 16 KiB", frame(DATA, 0, 1, new byte[20_000]), "goaway:" + FRAME_SIZE_ERROR);
    row(rows, "E7 padding longer than the frame", join(open(GOOD), frame(DATA, 8, 1, (byte) 50, (byte) 0)), "goaway:" + PROTOCOL_ERROR);
    row(rows, "E3 index outside the HPACK tables", frame(HEADERS, END_HEADERS, 1, (byte) 0xff, (byte) 0x80, (byte) 0x01),
        "goaway:" + COMPRESSION_ERROR);
    row(rows, "E3 HPACK string longer than its block", frame(HEADERS, END_HEADERS, 1, (byte) 0, (byte) 100, (byte) 'x'),
        "goaway:" + COMPRESSION_ERROR);
    row(rows, "E3 HPACK table larger than allowed", frame(HEADERS, END_HEADERS, 1, (byte) 0x3f, (byte) 0xff, (byte) 0xff, (byte) 0x7f),
        "goaway:" + COMPRESSION_ERROR);
    row(rows, "E3 HPACK bad Huffman code", frame(HEADERS, END_HEADERS, 1, (byte) 0, (byte) 0x82, (byte) 0xff, (byte) 0xff, (byte) 1, (byte) 'x'),
        "goaway:" + COMPRESSION_ERROR);
  }

  private static void floods(List<Row> rows) {
    calm(rows, "E4 PING flood", repeat(frame(PING, 0, 0, new byte[8]), 2_000));
    calm(rows, "E4 SETTINGS flood", repeat(frame(SETTINGS, 0, 0), 2_000));
    calm(rows, "E4 PRIORITY flood", repeat(frame(PRIORITY, 0, 3, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1), 2_000));
    calm(rows, "E4 unknown frame flood", repeat(frame(77, 0, 0), 2_000));
    calm(rows, "E4 empty DATA flood", join(open(GOOD), repeat(frame(DATA, 0, 1), 2_000)));
    calm(rows, "E2 CONTINUATION flood of empty frames", join(frame(HEADERS, 0, 1, hpack(GOOD)), repeat(frame(CONTINUATION, 0, 1), 2_000)));
    row(rows, "E2 CONTINUATION flood of small frames", join(frame(HEADERS, 0, 1, hpack(GOOD)),
        repeat(frame(CONTINUATION, 0, 1, hpack("x-a", "b")), 5_000)), "goaway:" + CALM);
    row(rows, "E3 decoded list over 32 KiB", join(frame(HEADERS, END_STREAM, 1, hpack(GOOD)),
        frame(CONTINUATION, 0, 1, hpack("x-a", "a".repeat(16_000))), frame(CONTINUATION, 0, 1, hpack("x-b", "a".repeat(16_000))),
        frame(CONTINUATION, END_HEADERS, 1, hpack("x-c", "a".repeat(2_000)))), "431");
    row(rows, "E3 one field of 3.9 KiB, referenced again and again", frame(HEADERS, END_HEADERS | END_STREAM, 1, bomb()),
        "431 without body"); // the codec's own bound, before anything of ours is made
    String[] many = Arrays.copyOf(GOOD, GOOD.length + 200);
    for (int i = GOOD.length; i < many.length; i += 2) {
      many[i] = "x-" + i;
      many[i + 1] = "b";
    }
    row(rows, "E3 105 fields", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(many)), "431");
    row(rows, "E3 cookie crumbs count", frame(HEADERS, END_HEADERS | END_STREAM, 1, crumbs()), "431");
  }

  private static void unwelcome(List<Row> rows) {
    row(rows, "A13 unknown path", get("/v1/files"), "404");
    row(rows, "D7 escaped path", get("/v1/%6dodels"), "404");
    row(rows, "A13 query", get("/v1/models?x"), "400");
    row(rows, "A13 wrong method", get("/v1/chat/completions"), "405");
    row(rows, "D8 foreign authority", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(with(6, "evil.example"))), "403");
    row(rows, "D8 foreign origin", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(plus("origin", "http://evil.example"))), "403");
    row(rows, "D8 no content type", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(Arrays.copyOf(GOOD, 8))), "415");
    row(rows, "D6 content coding", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(plus("content-encoding", "gzip"))), "415");
    row(rows, "A8 unknown sensitivity", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(plus("x-tidegate-sensitivity", "LOW"))), "400");
    row(rows, "D5 announced body too large", open(plus("content-length", "16777217")), "413");
    row(rows, "D5 path too long", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(with(4, "/" + "a".repeat(9_000)))), "414");
    row(rows, "A12 not JSON", join(open(GOOD), data("{")), "400");
    row(rows, "A12 no body", frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(GOOD)), "400");
    row(rows, "A13 body on GET", join(frame(HEADERS, END_HEADERS, 1, hpack(with(0, "GET", 4, "/v1/models"))), data("x")), "400");
    row(rows, "D9 CONNECT", frame(HEADERS, END_HEADERS, 1, hpack(":method", "CONNECT", ":authority", "evil.example:443")), "reset");
  }

  private static byte[] bomb() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(hpack(GOOD));
    byte[] literal = hpack("x-b", "a".repeat(3_900));
    literal[0] = 0x40; // with indexing
    out.writeBytes(literal);
    for (int i = 0; i < 4_000; i++) {
      out.write(0x80 | 62); // the entry just made
    }
    return out.toByteArray();
  }

  private static byte[] crumbs() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(hpack(GOOD));
    for (int i = 0; i < 101; i++) {
      out.writeBytes(hpack("cookie", "a"));
    }
    return out.toByteArray();
  }

  private static byte[] get(String path) {
    return frame(HEADERS, END_HEADERS | END_STREAM, 1, hpack(with(0, "GET", 4, path)));
  }

  private static byte[] open(String... fields) {
    return frame(HEADERS, END_HEADERS, 1, hpack(fields));
  }

  private static byte[] data(String text) {
    return frame(DATA, END_STREAM, 1, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String[] with(int index, String value) {
    String[] fields = GOOD.clone();
    fields[index + 1] = value;
    return fields;
  }

  private static String[] with(int index, String value, int other, String otherValue) {
    String[] fields = with(index, value);
    fields[other + 1] = otherValue;
    return fields;
  }

  private static String[] without(int index) {
    List<String> fields = new ArrayList<>(List.of(GOOD));
    fields.remove(index + 1);
    fields.remove(index);
    return fields.toArray(String[]::new);
  }

  private static String[] late(int index) {
    List<String> fields = new ArrayList<>(List.of(without(index)));
    fields.addAll(List.of(GOOD[index], GOOD[index + 1]));
    return fields.toArray(String[]::new);
  }

  private static String[] plus(String... more) {
    List<String> fields = new ArrayList<>(List.of(GOOD));
    // A pseudo-header stands among its like, so that only its number is wrong.
    fields.addAll(more[0].startsWith(":") ? 0 : GOOD.length, List.of(more));
    return fields.toArray(String[]::new);
  }

  private static String[] front(String... more) {
    return plus(more);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] repeat(byte[] frame, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      out.writeBytes(frame);
    }
    return out.toByteArray();
  }

  /** With a body that is fine, so that nothing but the fields is wrong. */
  private static void reset(List<Row> rows, String name, String[] fields) {
    row(rows, name, join(open(fields), data(CHAT)), "reset");
  }

  private static void calm(List<Row> rows, String name, byte[] bytes) {
    row(rows, name, bytes, "goaway:" + CALM);
  }

  private static void row(List<Row> rows, String name, byte[] bytes, String... ends) {
    rows.add(new Row(name, bytes, List.of(ends)));
  }
}
