package io.tidegate.lab.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A private upstream with embeddings only, whose vectors count letters: texts with nearly the same letters are near, so that what keeps near misses apart in
 * a test is not its doing. Remembers what it was asked.
 */
final class FakeEncoder implements AutoCloseable {
  final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  FakeEncoder() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/embeddings", this::embed);
    server.createContext("/v1/models", exchange -> answer(exchange, "{\"object\":\"list\",\"data\":[{\"id\":\"letters\",\"object\":\"model\"}]}"));
    server.start();
  }

  String upstream() {
    return "{name: encoder, zone: private, dialect: openai, basePath: /v1, models: [letters], defaultModel: letters, endpoints: [{address: '127.0.0.1:"
        + server.getAddress().getPort() + "'}]}";
  }

  /** Nothing is answered until {@link #goOn}. */
  void hang() {
    gate = new CountDownLatch(1);
  }

  void goOn() {
    gate.countDown();
  }

  private void embed(HttpExchange exchange) throws IOException {
    try {
      JsonText body = JsonText.parse(exchange.getRequestBody().readAllBytes(), JsonLimits.DEFAULT);
      int input = body.member(0, "input");
      String text = body.string(body.kind(input) == JsonText.Kind.ARRAY ? input + 1 : input);
      asked.add(text);
      gate.await();
      double[] counts = new double[64];
      for (char c : text.toLowerCase(Locale.ROOT).toCharArray()) {
        counts[c % 64]++;
      }
      StringBuilder vector = new StringBuilder();
      for (double count : counts) {
        vector.append(vector.isEmpty() ? "" : ",").append(count);
      }
      answer(exchange, "{\"object\":\"list\",\"model\":\"letters\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[" + vector
          + "]}],\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9}}");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (io.tidegate.wire.JsonException e) {
      exchange.sendResponseHeaders(400, -1);
      exchange.close();
    }
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    goOn();
    server.stop(0);
    threads.shutdownNow();
  }
}
