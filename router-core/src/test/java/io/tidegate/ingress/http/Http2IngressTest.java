package io.tidegate.ingress.http;

import static io.tidegate.ingress.http.H2Client.DATA;
import static io.tidegate.ingress.http.H2Client.END_HEADERS;
import static io.tidegate.ingress.http.H2Client.END_STREAM;
import static io.tidegate.ingress.http.H2Client.HEADERS;
import static io.tidegate.ingress.http.H2Client.RST_STREAM;
import static io.tidegate.ingress.http.H2Client.WINDOW_UPDATE;
import static io.tidegate.ingress.http.H2Client.frame;
import static io.tidegate.ingress.http.H2Client.hpack;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.http.H2Client.End;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes in over HTTP/2 and is well, from the socket to the line and back. */
class Http2IngressTest {
  private static final String CHAT = "{\"model\":\"m\",\"messages\":[{}]}";
  private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[{}]}";
  private static final String[] FIELDS = {":method", "POST", ":scheme", "http", ":path", "/v1/chat/completions", ":authority",
    "localhost:7400", "content-type", "application/json", "x-tidegate-sensitivity", "restricted", "x-tidegate-latency-class", "interactive",
    "te", "trailers", "x-tidegate-tenant", "evil"};

  @SuppressWarnings("NullAway.Init")
  private HttpRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new HttpRig(HttpConfig.DEFAULT);
  }

  @AfterEach
  void shut() {
    rig.close();
    assertThat(rig.ingress.heldBodyBytes()).isZero();
  }

  private static byte[] ask(int stream, String body) {
    byte[] head = frame(HEADERS, END_HEADERS, stream, hpack(FIELDS));
    byte[] data = frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
    byte[] both = java.util.Arrays.copyOf(head, head.length + data.length);
    System.arraycopy(data, 0, both, head.length, data.length);
    return both;
  }

  @Test
  @DisplayName("R prior knowledge: chat, models, an error, on one connection")
  void priorKnowledge() throws IOException {
    try (H2Client client = new H2Client(rig.ingress.port())) {
      End end = client.send(ask(1, CHAT)).end(1);
      assertThat(end.status()).isEqualTo(200);
      assertThat(end.body()).isEqualTo("{\"id\":\"m\"}");
      assertThat(end.headers()).containsEntry("x-tidegate-request-id", rig.line.requests.get(0).id())
          .containsEntry("x-request-id", rig.line.requests.get(0).id()).containsEntry("content-type", "application/json")
          .containsEntry("content-length", "10").containsEntry("x-tidegate-upstream", "local-vllm").containsEntry("x-tidegate-attempts", "1")
          .doesNotContainKey("x-tidegate-left").containsEntry("x-tidegate-cache", "miss").containsEntry("x-tidegate-rule", "floor,harmless");
      assertThat(rig.line.requests.get(0).declared()).isEqualTo(Sensitivity.RESTRICTED);
      assertThat(rig.line.requests.get(0).latencyWish()).isEqualTo(LatencyClass.INTERACTIVE);
      client.send(frame(HEADERS, END_HEADERS | END_STREAM, 3,
          hpack(":method", "GET", ":scheme", "http", ":path", "/v1/models", "host", "127.0.0.1:1")));
      assertThat(client.end(3).body()).contains("list");
      rig.line.script = (request, sink, loop) -> sink.refuse(new ErrorAnswer(Refusal.BUSY, 429, "later", "p", 3), HttpIngressTest.left(RecordingLine.route("")));
      End busy = client.send(ask(5, CHAT)).end(5);
      assertThat(busy.headers()).containsEntry("x-tidegate-left", "home;why=reset;ms=12, ev??il;why=busy;ms=0");
      assertThat(busy.status()).isEqualTo(429);
      assertThat(busy.headers()).containsEntry("retry-after", "3").doesNotContainKey("x-should-retry");
      assertThat(busy.body()).contains("\"param\":\"p\"");
    }
  }

  @Test
  @DisplayName("R streams: events and [DONE]; a broken one says so and has no [DONE]")
  void streams() throws IOException {
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(RecordingLine.json("data: {}\n\n"));
      loop.execute(() -> {
        if (rig.line.requests.size() == 1) {
          sink.close();
        } else {
          sink.breakOff(ErrorAnswer.of(Refusal.UPSTREAM_INCOMPLETE, "cut"));
        }
      });
    };
    try (H2Client client = new H2Client(rig.ingress.port())) {
      End end = client.send(ask(1, STREAM)).end(1);
      assertThat(end.headers()).containsEntry("content-type", "text/event-stream; charset=utf-8");
      assertThat(end.body()).isEqualTo("data: {}\n\ndata: [DONE]\n\n");
      assertThat(client.send(ask(3, STREAM)).end(3).body()).startsWith("data: {}\n\ndata: {\"error\"").endsWith("}}\n\n");
    }
  }

  @Test
  @DisplayName("E9 a reset and a lost connection free their walks")
  void cancel() throws IOException, InterruptedException {
    rig.line.script = (request, sink, loop) -> { };
    try (H2Client client = new H2Client(rig.ingress.port())) {
      client.send(ask(1, CHAT), ask(3, CHAT), frame(RST_STREAM, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 8));
      HttpRig.await("reset", () -> rig.line.cancelled.get() == 1);
    }
    HttpRig.await("lost", () -> rig.line.cancelled.get() == 2);
    HttpRig.await("given back", () -> rig.ingress.heldBodyBytes() == 0);
  }

  @Test
  @DisplayName("E6 a window that is never opened stops the line; the stream is cut in the end")
  void closedWindow() throws IOException, InterruptedException {
    try (HttpRig quick = new HttpRig(HttpRig.quick(HttpRig.Wait.WRITE))) {
      AtomicReference<AnswerSink> to = new AtomicReference<>();
      quick.line.script = (request, sink, loop) -> {
        to.set(sink);
        sink.open(RecordingLine.route(request.id()));
        while (sink.isWritable()) {
          sink.events(RecordingLine.json("data: " + "x".repeat(1000) + "\n\n"));
        }
      };
      byte[] noWindow = {0, 4, 0, 0, 0, 0};
      try (H2Client client = new H2Client(quick.ingress.port(), noWindow)) {
        client.send(ask(1, STREAM));
        assertThat(client.status(1)).isEqualTo(200);
        assertThat(client.end(1).kind()).isEqualTo("reset");
        HttpRig.await("cancelled", () -> quick.line.cancelled.get() == 1);
      }
    }
  }

  @Test
  @DisplayName("E6 a window that opens later lets the line go on; nothing is lost")
  void lateWindow() throws IOException {
    AtomicReference<AnswerSink> to = new AtomicReference<>();
    AtomicInteger sent = new AtomicInteger();
    Runnable pump = () -> {
      while (sent.get() < 100 && to.get().isWritable()) {
        sent.incrementAndGet();
        to.get().events(RecordingLine.json("data: " + "x".repeat(1000) + "\n\n"));
      }
      if (sent.get() == 100 && sent.getAndIncrement() == 100) {
        to.get().close();
      }
    };
    rig.line.onWritable = pump;
    rig.line.script = (request, sink, loop) -> {
      to.set(sink);
      sink.open(RecordingLine.route(request.id()));
      pump.run();
    };
    try (H2Client client = new H2Client(rig.ingress.port(), new byte[] {0, 4, 0, 0, 0, 0})) {
      client.send(ask(1, STREAM));
      assertThat(client.status(1)).isEqualTo(200);
      assertThat(sent.get()).isLessThan(100);
      client.send(frame(WINDOW_UPDATE, 0, 1, (byte) 0, (byte) 16, (byte) 0, (byte) 0), frame(WINDOW_UPDATE, 0, 0, (byte) 0, (byte) 16, (byte) 0,
          (byte) 0));
      assertThat(client.end(1).body()).hasSize(100 * 1008 + 14);
    }
  }

  @Test
  @DisplayName("E1 rapid reset ends the connection, and no more walks start than streams may live")
  void rapidReset() throws IOException, InterruptedException {
    rig.line.script = (request, sink, loop) -> { };
    try (H2Client client = new H2Client(rig.ingress.port())) {
      for (int i = 0; i < 2_000; i++) {
        client.send(ask(1 + 2 * i, CHAT), frame(RST_STREAM, 0, 1 + 2 * i, (byte) 0, (byte) 0, (byte) 0, (byte) 8));
      }
      End end = client.end(1_000_001);
      assertThat(end.kind()).isIn("goaway", "closed");
      if (end.kind().equals("goaway")) {
        assertThat(end.code()).isEqualTo(11);
      }
    }
    assertThat(rig.line.requests.size()).isLessThanOrEqualTo(402);
    HttpRig.await("all cancelled", () -> rig.line.cancelled.get() == rig.line.requests.size());
  }

  @Test
  @DisplayName("E5 stream 101 is refused, the other 100 live on")
  void concurrentStreams() throws IOException, InterruptedException {
    ConcurrentLinkedQueue<AnswerSink> sinks = new ConcurrentLinkedQueue<>();
    rig.line.script = (request, sink, loop) -> sinks.add(sink);
    try (H2Client client = new H2Client(rig.ingress.port())) {
      for (int i = 0; i < 100; i++) {
        client.send(ask(1 + 2 * i, CHAT));
      }
      client.send(frame(HEADERS, END_HEADERS | END_STREAM, 201, hpack(":method", "GET", ":scheme", "http", ":path", "/v1/models", ":authority",
          "localhost")));
      End end = client.end(201);
      assertThat(end.kind()).isEqualTo("reset");
      assertThat(end.code()).isEqualTo(7);
      HttpRig.await("100 walks", () -> sinks.size() == 100);
      rig.loops.group().execute(() -> sinks.forEach(sink -> sink.complete(RecordingLine.route("x"), RecordingLine.json("{}"))));
      assertThat(client.end(199).status()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("D4 a body that stops gets 408, an idle connection GOAWAY")
  void slow() throws IOException {
    HttpConfig impatient = HttpConfig.DEFAULT.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(10),
        Duration.ofSeconds(10), Duration.ofSeconds(10));
    try (HttpRig quick = new HttpRig(impatient); H2Client client = new H2Client(quick.ingress.port())) {
      client.send(frame(HEADERS, END_HEADERS, 1, hpack(FIELDS)));
      assertThat(client.end(1).status()).isEqualTo(408);
      assertThat(client.end(99).kind()).isEqualTo("goaway");
      assertThat(quick.line.untouched()).isTrue();
    }
  }

  @Test
  @DisplayName("H1 G5 draining: GOAWAY twice, what is under way is finished, and so is what came before the second one")
  void drain() throws IOException, InterruptedException {
    AtomicReference<AnswerSink> waiting = new AtomicReference<>();
    rig.line.script = (request, sink, loop) -> waiting.set(sink);
    try (H2Client client = new H2Client(rig.ingress.port())) {
      client.send(ask(1, CHAT));
      HttpRig.await("in", () -> waiting.get() != null);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ZERO, Duration.ofSeconds(20));
      assertThat(client.end(1).kind()).isEqualTo("goaway");
      rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route("y"), RecordingLine.json("{}"));
      client.send(ask(3, CHAT));
      List<String> both = List.of(said(client.end(3)), said(client.end(3)));
      assertThat(both).as("an answer, and the second GOAWAY once our ping was answered").containsExactlyInAnyOrder("answer 200", "goaway 0");
      rig.loops.group().execute(() -> waiting.get().complete(RecordingLine.route("x"), RecordingLine.json("{}")));
      assertThat(client.end(1).status()).isEqualTo(200);
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  @DisplayName("H1 G5 draining has an end over HTTP/2, too: who has no answer by then is told")
  void drainLimit() throws IOException, InterruptedException {
    rig.line.script = (request, sink, loop) -> { };
    try (H2Client client = new H2Client(rig.ingress.port())) {
      client.send(ask(1, CHAT));
      HttpRig.await("in", () -> rig.line.requests.size() == 1);
      CompletableFuture<Void> drained = rig.ingress.drain(Duration.ZERO, Duration.ofMillis(50));
      End end = client.end(1);
      while (end.kind().equals("goaway")) {
        end = client.end(1);
      }
      assertThat(end.status()).isEqualTo(503);
      HttpRig.await("cancelled", () -> rig.line.cancelled.get() == 1);
      assertThat(drained).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  private static String said(End end) {
    return end.kind() + " " + end.status();
  }

  @Test
  @DisplayName("R TLS: the JDK's client agrees on HTTP/2 by ALPN, and on HTTP/1.1 if it wants that")
  void tls(@TempDir Path folder) throws Exception {
    KeyStore keys = selfSigned(folder);
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, "changeit".toCharArray());
    SslContext tls = SslContextBuilder.forServer(keyManagers).sslProvider(SslProvider.JDK)
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE, ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)).build();
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext clientTls = SSLContext.getInstance("TLS");
    clientTls.init(null, trust.getTrustManagers(), null);
    try (HttpRig secure = new HttpRig(HttpConfig.DEFAULT, tls, Callers.DEFAULT)) {
      URI uri = URI.create("https://localhost:" + secure.ingress.port() + "/v1/chat/completions");
      String large = "{\"model\":\"m\",\"messages\":[{\"content\":\"" + "x".repeat(300_000) + "\"}]}";
      for (HttpClient.Version version : HttpClient.Version.values()) {
        HttpClient client = HttpClient.newBuilder().sslContext(clientTls).version(version).build();
        List<String> bodies = new ArrayList<>();
        for (String body : List.of(CHAT, large, "{")) {
          HttpResponse<String> answer = client.send(HttpRequest.newBuilder(uri).header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
          assertThat(answer.version()).isEqualTo(version);
          bodies.add(answer.statusCode() + " " + answer.body().length());
        }
        assertThat(bodies).startsWith("200 10", "200 10").last().asString().startsWith("400");
        HttpResponse<String> closed = client.send(HttpRequest.newBuilder(uri.resolve("/v1/models")).DELETE().build(),
            HttpResponse.BodyHandlers.ofString());
        assertThat(closed.statusCode()).isEqualTo(405);
        assertThat(closed.headers().firstValue("allow")).contains("GET");
      }
      assertThat(secure.line.requests).hasSize(4);
    }
    try (HttpRig guarded = new HttpRig(HttpConfig.DEFAULT, tls, (peer, key) -> null)) {
      HttpResponse<String> unknown = HttpClient.newBuilder().sslContext(clientTls).build().send(HttpRequest.newBuilder(
          URI.create("https://localhost:" + guarded.ingress.port() + "/v1/models")).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(unknown.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(unknown.statusCode()).isEqualTo(401);
      assertThat(unknown.headers().firstValue("www-authenticate")).contains("Bearer");
    }
  }

  /** The JDK's client on plain text asks for an upgrade to h2c: it is answered in HTTP/1.1 (D9). */
  @Test
  @DisplayName("D9 an upgrade to h2c is not taken")
  void upgrade() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    HttpResponse<String> answer = client.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + rig.ingress.port() + "/v1/chat/completions"))
            .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(CHAT)).build(),
        HttpResponse.BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private static KeyStore selfSigned(Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "t",
        "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-validity", "2", "-storetype", "PKCS12",
        "-keystore", file.toString(), "-storepass", "changeit").redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "changeit".toCharArray());
    }
    return keys;
  }
}
