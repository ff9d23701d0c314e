package io.tidegate.telemetry.otlp;

import io.tidegate.model.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The collector that the configuration names, and no other: no redirect is followed and no proxy used. Blocking; on its caller's own thread. */
final class Collector implements AutoCloseable {
  private static final long WITHIN_SECONDS = 10;
  private static final int MOST_TASKS = 64;

  private final HttpClient client;
  private final HttpRequest.Builder request;
  private final ExecutorService executor;

  /**
   * @param endpoint {@code http(s)://host:port}
   * @param path such as {@code /v1/traces}
   */
  Collector(URI endpoint, String path, Map<String, Secret> headers) {
    ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_TASKS), task -> {
      Thread thread = new Thread(task, "otlp-http");
      thread.setDaemon(true);
      return thread;
    });
    one.allowCoreThreadTimeOut(true);
    this.executor = one;
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(Duration.ofSeconds(3)).executor(executor).build();
    this.request = HttpRequest.newBuilder(endpoint.resolve(path)).timeout(Duration.ofSeconds(WITHIN_SECONDS)).header("content-type", "application/x-protobuf")
        .header("user-agent", "tidegate");
    headers.forEach((name, value) -> request.header(name, value.reveal()));
  }

  /** Whether it took the message, within a bound for the whole of the exchange: a body that trickles in does not hold it up. */
  boolean take(byte[] message) throws InterruptedException {
    CompletableFuture<Integer> status = client.sendAsync(request.copy().POST(HttpRequest.BodyPublishers.ofByteArray(message)).build(), BodyHandlers.discarding())
        .thenApply(answer -> answer.statusCode());
    try {
      return status.get(WITHIN_SECONDS, TimeUnit.SECONDS) / 100 == 2;
    } catch (ExecutionException | TimeoutException gone) {
      return false;
    } finally {
      status.cancel(true);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
