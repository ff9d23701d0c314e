package io.tidegate.telemetry.otlp;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A collector that keeps what it is sent. */
final class CollectorStub implements AutoCloseable {
  /** @param authorization empty for none */
  record Message(String path, String type, String authorization, byte[] body) {}

  final List<Message> messages = new CopyOnWriteArrayList<>();
  volatile int status = 200;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  CollectorStub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", exchange -> {
      List<String> authorization = exchange.getRequestHeaders().getOrDefault("Authorization", List.of(""));
      messages.add(new Message(exchange.getRequestURI().getPath(), exchange.getRequestHeaders().getFirst("Content-Type"), authorization.get(0),
          exchange.getRequestBody().readAllBytes()));
      if (status == 307) {
        exchange.getResponseHeaders().set("Location", "/elsewhere");
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
