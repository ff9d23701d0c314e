package io.tidegate.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.Hangup;
import io.tidegate.daemon.StartFailure;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A short life of the daemon for the maker of a class-data or AOT cache: it starts, answers requests of its own over HTTP and gRPC from a stand-in
 * on loopback, and stops. No upstream of the configuration is asked.
 */
final class WarmUp {
  /** What was seen so often is compiled soon in each run that has the cache. */
  private static final int ROUNDS = 2_000;
  /** Requests of one connection. */
  private static final int KEPT = 4;
  private static final int GRPC_ROUNDS = 500;
  private static final int SOCKET_MILLIS = 30_000;
  private static final String ANSWER = "{\"id\":\"w\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"warm-up\",\"choices\":[{\"index\":0,\"message\":"
      + "{\"role\":\"assistant\",\"content\":\"ready\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
  private static final String EVENTS = "data: {\"id\":\"w\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"warm-up\",\"choices\":[{\"index\":0,"
      + "\"delta\":{\"role\":\"assistant\",\"content\":\"ready\"},\"finish_reason\":null}]}\n\ndata: {\"id\":\"w\",\"object\":\"chat.completion.chunk\","
      + "\"created\":1,\"model\":\"warm-up\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
  /** Nothing to find; an identity number (the example that GB 11643 prints); another script and a telephone number. */
  private static final List<String> PROMPTS = List.of("Write a haiku about the sea.", "The number is 11010519491231002X.", "患者张三，电话 13800138000 …");

  private final Map<String, String> environment;

  WarmUp(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The exit code: FOUND if a request was not answered. */
  int run(TidegateConfig config, Terminal terminal) {
    // Else the JDK's server waits 40 ms for an acknowledgement in each answer.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      HttpServer standIn = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      standIn.createContext("/", WarmUp::answer);
      standIn.start();
      try (Daemon daemon = Daemon.start(config.withUpstreams(List.of(upstream(standIn.getAddress().getPort()))), environment)) {
        Hangup.then(daemon::reload);
        return requests(daemon, terminal);
      } finally {
        standIn.stop(0);
        JsonLogging.stop();
      }
    } catch (StartFailure failure) {
      terminal.problems(failure.problems());
      terminal.err().println(failure.getMessage());
      return Exit.BAD_CONFIGURATION;
    } catch (IOException failure) {
      terminal.err().println("warm-up: " + failure.getMessage());
      return Exit.FOUND;
    }
  }

  private static int requests(Daemon daemon, Terminal terminal) throws IOException {
    int answered = 0;
    for (int i = 0; i < ROUNDS; i += KEPT) {
      answered += kept(daemon.httpPort(), i);
    }
    answered += answers(http(daemon.httpPort(), request("GET /v1/models", "", true)));
    http(daemon.adminPort(), request("GET /metrics", "", true));
    http(daemon.adminPort(), request("GET /admin/status", "", true));
    ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", daemon.grpcPort()).usePlaintext().disableRetry().build();
    try {
      RouterServiceGrpc.RouterServiceBlockingStub stub = RouterServiceGrpc.newBlockingStub(channel);
      for (int i = 0; i < GRPC_ROUNDS; i++) {
        answered += grpc(stub.withDeadlineAfter(SOCKET_MILLIS, TimeUnit.MILLISECONDS), i);
      }
    } catch (io.grpc.StatusRuntimeException refused) {
      terminal.err().println("warm-up: gRPC answered " + refused.getStatus().getCode());
    } finally {
      channel.shutdownNow();
    }
    if (answered != ROUNDS + 1 + GRPC_ROUNDS) {
      terminal.err().println("warm-up: " + answered + " of " + (ROUNDS + 1 + GRPC_ROUNDS) + " requests were answered");
      return Exit.FOUND;
    }
    return Exit.GOOD;
  }

  /** {@link #KEPT} requests over one connection, every other one streamed; how many were answered. */
  private static int kept(int port, int number) throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = number; i < number + KEPT; i++) {
      String body = "{\"model\":\"auto\",\"temperature\":0,\"seed\":" + i + ",\"stream\":" + (i % 2 == 0) + ",\"messages\":[{\"role\":\"user\",\"content\":"
          + io.tidegate.wire.JsonWriter.quote(PROMPTS.get(i % PROMPTS.size())) + "}]}";
      all.append(request("POST /v1/chat/completions", body, i == number + KEPT - 1));
    }
    return answers(http(port, all.toString()));
  }

  private static int answers(String text) {
    return text.split("HTTP/1\\.1 200", -1).length - 1;
  }

  private static String request(String line, String body, boolean last) {
    return line + " HTTP/1.1\r\nHost: localhost\r\n" + (last ? "Connection: close\r\n" : "")
        + (body.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n") + "\r\n" + body;
  }

  private static String http(int port, String requests) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(SOCKET_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(requests.getBytes(StandardCharsets.UTF_8));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A question, every other one streamed; 1 if it was answered. */
  private static int grpc(RouterServiceGrpc.RouterServiceBlockingStub stub, int number) {
    ChatRequest request = ChatRequest.newBuilder().setModel("auto").addMessages(Message.newBuilder().setRole("user")
        .setContent(PROMPTS.get(number % PROMPTS.size()))).build();
    if (number % 2 == 0) {
      return stub.chat(request).getChoicesCount();
    }
    int parts = 0;
    for (Iterator<ChatStreamResponse> stream = stub.chatStream(request); stream.hasNext(); stream.next()) {
      parts++;
    }
    return parts == 0 ? 0 : 1;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean stream = body.contains("\"stream\":true");
    byte[] bytes = (stream ? EVENTS : ANSWER).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", stream ? "text/event-stream" : "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Upstream upstream(int port) {
    return new Upstream("warm-up", Zone.PRIVATE, Dialect.OPENAI, List.of("warm-up"), "warm-up", Map.of(), true, true, "/v1", loopback(), null, null, true,
        List.of(new Endpoint("warm-up", "127.0.0.1:" + port, "127.0.0.1", port, 1, false)), null, Duration.ofSeconds(1), 256);
  }

  private static List<io.tidegate.model.Cidr> loopback() {
    return List.of(io.tidegate.model.Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8"));
  }
}
