package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.http.RawClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * HTTP/1 requests that must not get in: each gets one error with its status, reaches no line, and ends its connection wherever it is in doubt
 * where the next request would begin.
 */
class MalformedHttp1Test {
  private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
  private static final String POST = "POST /v1/chat/completions HTTP/1.1\r\n";
  private static final String HOST = "Host: localhost\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String LENGTH = "Content-Length: " + CHAT.length() + "\r\n";
  /** A second request, which must not be seen after doubt. */
  private static final String SMUGGLED = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @SuppressWarnings("NullAway.Init")
  private static HttpRig rig;

  private record Row(String name, String bytes, int status, boolean closes) {}

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
    requestLines(rows);
    fieldSyntax(rows);
    framing(rows);
    chunks(rows);
    sizes(rows);
    paths(rows);
    browsers(rows);
    headersOfOurs(rows);
    media(rows);
    bodies(rows);
    assertThat(rows).hasSizeGreaterThan(150);
    return rows.stream().map(row -> DynamicTest.dynamicTest(row.name + " → " + row.status, () -> check(row)));
  }

  private static void check(Row row) throws IOException {
    try (RawClient client = rig.connect()) {
      client.send(row.bytes + (row.closes ? SMUGGLED : ""));
      Answer answer = client.answer(row.bytes.startsWith("HEAD"));
      assertThat(answer.status()).as(answer.body()).isEqualTo(row.status);
      assertThat(answer.closing()).as("connection: close").isEqualTo(row.closes);
      assertThat(answer.header("x-request-id")).hasSize(24);
      if (!row.bytes.startsWith("HEAD")) {
        assertThat(answer.body()).startsWith("{\"error\":{\"message\":\"").endsWith("}}").contains("\"type\":", "\"param\":", "\"code\":");
      }
      if (row.closes) {
        assertThat(client.rest()).as("one answer, then the end").isEmpty();
      } else {
        assertThat(client.send("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status()).isEqualTo(404);
      }
      assertThat(rig.line.untouched()).as("nothing reached the line").isTrue();
      assertThat(rig.ingress.heldBodyBytes()).isZero();
    }
  }

  private static void requestLines(List<Row> rows) {
    close(rows, "D1 no method", " /v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 unknown method", "BREW /v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 lower case method", "post /v1/chat/completions HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 method with a control character", "GE\u0001T /v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 endless method", "G".repeat(40), 400);
    close(rows, "D1 two spaces after the method", "GET  /v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 tab after the method", "GET\t/v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 two spaces before the version", "GET /v1/models  HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 space after the version", "GET /v1/models HTTP/1.1 \r\n" + HOST + "\r\n", 400);
    close(rows, "D1 no version", "GET /v1/models\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 HTTP/0.9", "GET /v1/models\r\n\r\n", 400);
    close(rows, "D1 HTTP/2.0 line", "GET /v1/models HTTP/2.0\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 HTTP/1.2", "GET /v1/models HTTP/1.2\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 HTTP/1.10", "GET /v1/models HTTP/1.10\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 HTTP/01.1", "GET /v1/models HTTP/01.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 lower case version", "GET /v1/models http/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 another protocol", "GET /v1/models RTSP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 bare LF after the request line", "GET /v1/models HTTP/1.1\n" + HOST + "\r\n", 400);
    close(rows, "D1 bare CR in the request line", "GET /v1/models\rX HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 NUL in the target", "GET /v1/mod\u0000els HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 high byte in the target", "GET /v1/mod\u00e9ls HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 fragment in the target", "GET /v1/models#x HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 backslash in the target", "GET /v1\\models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 absolute form", "GET http://localhost/v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 target without slash", "GET v1/models HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D9 CONNECT", "CONNECT example.com:443 HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D9 CONNECT with a path", "CONNECT /v1/models HTTP/1.1\r\n" + HOST + "\r\n", 405);
    close(rows, "D9 OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", 400);
    close(rows, "D4 two blank lines before the request", "\r\n\r\n" + POST + HOST + "\r\n", 400);
    close(rows, "D4 bare LF before the request", "\n" + POST + HOST + "\r\n", 400);
    close(rows, "D1 TLS hello on a plain port", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400);
    close(rows, "D9 half a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", 400);
  }

  private static void fieldSyntax(List<Row> rows) {
    head(rows, "D1 space before the colon", "Content-Length : 5\r\n");
    head(rows, "D1 tab before the colon", "Transfer-Encoding\t: chunked\r\n");
    head(rows, "D1 empty name", ": x\r\n");
    head(rows, "D1 no colon", "X-A\r\n");
    head(rows, "D1 space in a name", "X A: b\r\n");
    head(rows, "D1 NUL in a name", "X\u0000A: b\r\n");
    head(rows, "D1 high byte in a name", "X\u00e9: b\r\n");
    head(rows, "D1 bracket in a name", "X(A): b\r\n");
    head(rows, "D1 NUL in a value", "X-A: b\u0000c\r\n");
    head(rows, "D1 DEL in a value", "X-A: b\u007fc\r\n");
    head(rows, "D1 escape in a value", "X-A: \u001b[2J\r\n");
    head(rows, "D1 bare CR in a value", "X-A: b\rContent-Length: 3\r\n");
    head(rows, "D1 bare LF after a field", "X-A: b\n");
    head(rows, "D1 CR CR LF after a field", "X-A: b\r\r\n");
    head(rows, "D1 folded with a space", "X-A: b\r\n c\r\n");
    head(rows, "D1 folded with a tab", "X-A: b\r\n\tc\r\n");
    head(rows, "D1 folded Transfer-Encoding", "Transfer-Encoding:\r\n chunked\r\n");
    close(rows, "D1 first field line begins with a space", POST + " X: y\r\n" + HOST + "\r\n", 400);
    close(rows, "D1 head ends in a bare LF", POST + HOST + "\n", 400);
    close(rows, "D1 head ends in CR CR LF", POST + HOST + "\r\r\n", 400);
    close(rows, "D1 no Host", POST + JSON + LENGTH + "\r\n" + CHAT, 400);
    head(rows, "D1 two Hosts", "Host: localhost\r\n");
    close(rows, "D1 empty Host", POST + "Host:\r\n\r\n", 400);
    close(rows, "D1 Host with an underscore is no Host", POST + "Ho_st: localhost\r\n\r\n", 400);
  }

  private static void framing(List<Row> rows) {
    head(rows, "D1 CL.TE", LENGTH + "Transfer-Encoding: chunked\r\n");
    head(rows, "D1 TE.CL", "Transfer-Encoding: chunked\r\n" + LENGTH);
    head(rows, "D1 two different lengths", "Content-Length: 5\r\nContent-Length: 6\r\n");
    head(rows, "D1 two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n");
    head(rows, "D1 list of lengths", "Content-Length: 5, 5\r\n");
    head(rows, "D1 signed length", "Content-Length: +5\r\n");
    head(rows, "D1 negative length", "Content-Length: -1\r\n");
    head(rows, "D1 hexadecimal length", "Content-Length: 0x10\r\n");
    head(rows, "D1 length with a fraction", "Content-Length: 5.0\r\n");
    head(rows, "D1 empty length", "Content-Length:\r\n");
    head(rows, "D1 length with a space", "Content-Length: 1 0\r\n");
    head(rows, "D1 length of 20 digits", "Content-Length: 10000000000000000000\r\n");
    head(rows, "D1 length beyond a long", "Content-Length: 9999999999999999999\r\n");
    head(rows, "D1 length with an underscore in its name", "Content_Length: 5\r\n");
    head(rows, "D1 Transfer-Encoding with an underscore", "Transfer_Encoding: chunked\r\n");
    head(rows, "D1 TE gzip", "Transfer-Encoding: gzip\r\n");
    head(rows, "D1 TE identity", "Transfer-Encoding: identity\r\n");
    head(rows, "D1 TE gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n");
    head(rows, "D1 TE chunked, identity", "Transfer-Encoding: chunked, identity\r\n");
    head(rows, "D1 TE chunked twice in a list", "Transfer-Encoding: chunked, chunked\r\n");
    head(rows, "D1 TE twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
    head(rows, "D1 TE xchunked", "Transfer-Encoding: xchunked\r\n");
    head(rows, "D1 TE quoted", "Transfer-Encoding: \"chunked\"\r\n");
    head(rows, "D1 TE with a parameter", "Transfer-Encoding: chunked;q=1\r\n");
    head(rows, "D1 TE empty", "Transfer-Encoding:\r\n");
    head(rows, "D1 TE with a vertical tab", "Transfer-Encoding: \u000bchunked\r\n");
    close(rows, "D1 TE on HTTP/1.0", "POST /v1/chat/completions HTTP/1.0\r\n" + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    head(rows, "D1 unknown expectation", "Expect: 200-ok\r\n");
    head(rows, "D1 Expect twice", "Expect: 100-continue\r\nExpect: 100-continue\r\n");
    close(rows, "D1 GET with a length", "GET /v1/models HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello", 400);
    close(rows, "D1 GET with chunks", "GET /v1/models HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
  }

  private static void chunks(List<Row> rows) {
    chunk(rows, "D1 chunk size 0x", "0x5\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 chunk size with a sign", "+5\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 negative chunk size", "-5\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 no chunk size", "\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 chunk size of 9 digits", "000000005\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 chunk size that wraps 32 bits", "100000005\r\nhello\r\n0\r\n\r\n", 413);
    chunk(rows, "D1 chunk size that wraps 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n", 413);
    chunk(rows, "D1 chunk size ffffffff", "ffffffff\r\n", 413);
    chunk(rows, "D1 chunk size with a space", "5 \r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 space before the chunk size", " 5\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 chunk extension", "5;a=b\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 quoted chunk extension", "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 bare LF after the chunk size", "5\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 bare CR after the chunk size", "5\rhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 chunk longer than its size", "5\r\nhelloworld\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 bare LF after a chunk", "5\r\nhello\n0\r\n\r\n", 400);
    chunk(rows, "D1 no CR LF after a chunk", "5\r\nhello0\r\n\r\n", 400);
    chunk(rows, "D1 CR X after a chunk", "5\r\nhello\rX0\r\n\r\n", 400);
    chunk(rows, "D1 chunk size in other digits", "\u00b2\r\nhello\r\n0\r\n\r\n", 400);
    chunk(rows, "D1 trailers", "5\r\nhello\r\n0\r\nX-A: b\r\n\r\n", 400);
    chunk(rows, "A8 internal trailer", "5\r\nhello\r\n0\r\nx-tidegate-sensitivity: PUBLIC\r\n\r\n", 400);
    chunk(rows, "D1 bare LF at the end", "5\r\nhello\r\n0\r\n\n", 400);
    chunk(rows, "D1 CR X at the end", "5\r\nhello\r\n0\r\n\rX", 400);
  }

  private static void sizes(List<Row> rows) {
    close(rows, "D5 request line over 8 KiB", "GET /" + "a".repeat(8200) + " HTTP/1.1\r\n" + HOST + "\r\n", 414);
    close(rows, "D5 request line that never ends", "GET /" + "a".repeat(20_000), 414);
    close(rows, "D5 one header over 32 KiB", POST + HOST + "X-A: " + "a".repeat(33_000) + "\r\n\r\n", 431);
    close(rows, "D5 header that never ends", POST + HOST + "X-A: " + "a".repeat(60_000), 431);
    close(rows, "D5 headers over 32 KiB together", POST + HOST + ("X-A: " + "a".repeat(1000) + "\r\n").repeat(40) + "\r\n", 431);
    close(rows, "D5 101 headers", POST + HOST + "X-A: b\r\n".repeat(100) + "\r\n", 431);
    close(rows, "D5 a million tiny headers", POST + HOST + "a:\r\n".repeat(10_000), 431);
    close(rows, "D5 announced body over 16 MiB", POST + HOST + JSON + "Content-Length: 16777217\r\n\r\n", 413);
    close(rows, "D5 announced body of 9 EiB", POST + HOST + JSON + "Content-Length: 9223372036854775807\r\n\r\n", 413);
    close(rows, "D5 chunk over 16 MiB", POST + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n1000001\r\n", 413);
  }

  private static void paths(List<Row> rows) {
    for (String path : List.of("/", "/v1", "/v1/", "/v1/chat/completions/", "//v1/chat/completions", "/v1//chat/completions",
        "/v1/./chat/completions", "/v1/../v1/chat/completions", "/v1/chat/completions/..", "/v1/%63hat/completions", "/v1/chat%2fcompletions",
        "/v1/chat%2Fcompletions", "/%2e/v1/chat/completions", "/v1/chat/completions%00", "/v1/chat/completions;a=b", "/v1/chat/completions%",
        "/V1/chat/completions", "/v1/Chat/completions", "/v1/chat/completions.json", "/v1/files", "/v1/batches",
        "/v1/moderations", "/v1/audio/speech", "/v1/responses", "/v1/images/generations", "/metrics", "/admin/status", "/livez")) {
      keep(rows, "A13 D7 " + path, "POST " + path + " HTTP/1.1\r\n" + HOST + JSON + LENGTH + "\r\n" + CHAT, 404);
    }
    keep(rows, "A13 query", "POST /v1/chat/completions?a=b HTTP/1.1\r\n" + HOST + JSON + LENGTH + "\r\n" + CHAT, 400);
    keep(rows, "A13 empty query", "POST /v1/chat/completions? HTTP/1.1\r\n" + HOST + JSON + LENGTH + "\r\n" + CHAT, 400);
    keep(rows, "A13 query on models", "GET /v1/models?limit=1 HTTP/1.1\r\n" + HOST + "\r\n", 400);
    keep(rows, "A13 unknown path with a query", "GET /x?y HTTP/1.1\r\n" + HOST + "\r\n", 404);
    keep(rows, "A13 GET chat", "GET /v1/chat/completions HTTP/1.1\r\n" + HOST + "\r\n", 405);
    close(rows, "A13 PUT chat with a body", "PUT /v1/chat/completions HTTP/1.1\r\n" + HOST + JSON + LENGTH + "\r\n" + CHAT, 405);
    close(rows, "A13 GET an unknown path with a body", "GET /v1/nope HTTP/1.1\r\n" + HOST + JSON + LENGTH + "\r\n" + CHAT, 404);
    keep(rows, "A13 POST models", "POST /v1/models HTTP/1.1\r\n" + HOST + JSON + LENGTH + "\r\n" + CHAT, 405);
    for (String method : List.of("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")) {
      close(rows, "A13 " + method, method + " /v1/chat/completions HTTP/1.1\r\n" + HOST + "\r\n", 405);
    }
  }

  private static void browsers(List<Row> rows) {
    for (String host : List.of("evil.example", "localhost.evil.example", "evil.example:7400", "127.0.0.1.evil.example", "127.0.0.2",
        "localhost:", "localhost:123456", "localhost:7400a", "localhost@evil.example", "localhost.", "[::1", "::1", "0.0.0.0", "localhost,x")) {
      close(rows, "D8 Host " + host, POST + "Host: " + host + "\r\n" + JSON + LENGTH + "\r\n" + CHAT, 403);
    }
    for (String origin : List.of("http://evil.example", "null", "http://localhost:3000", "http://localhost.evil.example", "file://",
        "localhost", "")) {
      close(rows, "D8 Origin " + origin, POST + HOST + "Origin: " + origin + "\r\n" + JSON + LENGTH + "\r\n" + CHAT, 403);
    }
    head(rows, "D8 two Origins", "Origin: http://localhost\r\nOrigin: http://evil.example\r\n");
  }

  private static void headersOfOurs(List<Row> rows) {
    keep(rows, "A8 unknown sensitivity", POST + HOST + JSON + LENGTH + "x-tidegate-sensitivity: LOW\r\n\r\n" + CHAT, 400);
    keep(rows, "A8 empty sensitivity", POST + HOST + JSON + LENGTH + "x-tidegate-sensitivity:\r\n\r\n" + CHAT, 400);
    keep(rows, "A8 list of sensitivities", POST + HOST + JSON + LENGTH + "x-tidegate-sensitivity: PUBLIC, RESTRICTED\r\n\r\n" + CHAT, 400);
    keep(rows, "A8 unknown latency class", POST + HOST + JSON + LENGTH + "x-tidegate-latency-class: now\r\n\r\n" + CHAT, 400);
    head(rows, "A8 sensitivity twice", "x-tidegate-sensitivity: RESTRICTED\r\nX-Tidegate-Sensitivity: PUBLIC\r\n");
    head(rows, "A8 sensitivity with underscores", "x_tidegate_sensitivity: PUBLIC\r\n");
    head(rows, "A8 sensitivity in both spellings", "x-tidegate-sensitivity: RESTRICTED\r\nx_tidegate_sensitivity: PUBLIC\r\n");
    head(rows, "A8 latency class twice", "x-tidegate-latency-class: BATCH\r\nx-tidegate-latency-class: BATCH\r\n");
    head(rows, "A8 tenant twice", "x-tidegate-tenant: a\r\nx-tidegate-tenant: b\r\n");
    head(rows, "A8 tenant with underscores", "x_tidegate_tenant: a\r\n");
    head(rows, "A8 tenant with one underscore", "x-tidegate_tenant: a\r\n");
    head(rows, "A8 keys twice", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n");
    head(rows, "A8 content types twice", "Content-Type: application/json\r\nContent-Type: text/plain\r\n");
    head(rows, "A8 cache control twice", "Cache-Control: no-store\r\nCache-Control: max-age=1\r\n");
    head(rows, "A8 hints twice", "x-stainless-read-timeout: 1\r\nx-stainless-read-timeout: 2\r\n");
    keep(rows, "B8 not a bearer token", POST + HOST + JSON + LENGTH + "Authorization: Basic YTpi\r\n\r\n" + CHAT, 401);
  }

  private static void media(List<Row> rows) {
    keep(rows, "D8 no content type", POST + HOST + LENGTH + "\r\n" + CHAT, 415);
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx",
        "application/json; charset=utf-16", "application/json; charset=latin1", "application/json; x=y", "application/json, text/plain",
        "text/json", "")) {
      keep(rows, "D8 content type " + type, POST + HOST + LENGTH + "Content-Type: " + type + "\r\n\r\n" + CHAT, 415);
    }
    for (String coding : List.of("gzip", "br", "zstd", "deflate", "gzip, identity")) {
      keep(rows, "D6 content coding " + coding, POST + HOST + JSON + LENGTH + "Content-Encoding: " + coding + "\r\n\r\n" + CHAT, 415);
    }
  }

  private static void bodies(List<Row> rows) {
    keep(rows, "A12 no body", POST + HOST + JSON + "\r\n", 400);
    for (String body : List.of("", " ", "{", "[]", "\"x\"", "null", "{}x", "{\"model\":\"m\"}", "{\"model\":1,\"messages\":[{}]}",
        "{\"model\":\"\",\"messages\":[{}]}", "{\"model\":\"m\",\"messages\":[]}", "{\"model\":\"m\",\"messages\":{}}",
        "{\"model\":\"m\",\"model\":\"n\",\"messages\":[{}]}", "{\"model\":\"m\",\"mod\\u0065l\":\"n\",\"messages\":[{}]}",
        "{\"model\":\"m\",\"messages\":[{}],}", "{'model':'m'}", "{\"model\":\"m\",\"messages\":[{}]} {}", "\u00ef\u00bb\u00bf" + CHAT,
        "{\"model\":\"m\",\"messages\":[{\"a\":NaN}]}", "{\"model\":\"m\",\"messages\":[{\"a\":01}]}",
        "{\"model\":\"m\",\"messages\":[{\"a\":\"\\ud800\"}]}", "{\"model\":\"m\",\"messages\":[{\"a\":\"\u00ff\"}]}",
        "{\"model\":\"m\",\"messages\":[{\"a\":\"\n\"}]}", "/* c */" + CHAT,
        "{\"model\":\"m\",\"messages\":[{}],\"stream\":\"yes\"}", "{\"model\":\"m\",\"messages\":[{}],\"temperature\":\"hot\"}",
        "{\"model\":\"m\",\"messages\":[{}],\"stream_options\":1}", "{\"model\":\"m\",\"messages\":[{}],\"api_base\":\"http://evil\"}",
        "{\"model\":\"m\",\"messages\":[{}],\"chat_template\":\"x\"}",
        "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://10.0.0.1/x\"}}]}]}")) {
      keep(rows, "A12 body " + body.replaceAll("[^ -~]", "?"), POST + HOST + JSON + "Content-Length: " + body.length() + "\r\n\r\n" + body, 400);
    }
    keep(rows, "A12 too deep", POST + HOST + JSON + "Content-Length: 10000\r\n\r\n" + "[".repeat(10_000), 413);
  }

  /** A head with {@code line} in it, and a body for whoever believes it. */
  private static void head(List<Row> rows, String name, String line) {
    close(rows, name, POST + HOST + line + "\r\n" + CHAT, 400);
  }

  private static void chunk(List<Row> rows, String name, String body, int status) {
    close(rows, name, POST + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n" + body, status);
  }

  private static void close(List<Row> rows, String name, String bytes, int status) {
    rows.add(new Row(name, bytes, status, true));
  }

  private static void keep(List<Row> rows, String name, String bytes, int status) {
    rows.add(new Row(name, bytes, status, false));
  }
}
