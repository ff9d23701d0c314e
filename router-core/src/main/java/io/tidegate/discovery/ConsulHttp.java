package io.tidegate.discovery;

import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.model.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * GET against one agent, bounded in bytes and in time from the first to the last byte. The JDK's client and not the kiwiproject one, which
 * reads bodies of any length, has one read time-out for all its calls, and does not know X-Consul-Results-Filtered-By-ACLs. No proxy, no
 * redirect (hazard A15). Any thread but an event loop.
 */
final class ConsulHttp implements AutoCloseable {
  private final ConsulConfig config;
  private final ExecutorService executor;
  private final HttpClient client;

  /** @throws IllegalArgumentException if the CA file can't be read */
  ConsulHttp(ConsulConfig config) {
    this.config = config;
    this.executor = Executors.newFixedThreadPool(2, task -> {
      Thread thread = new Thread(task, "consul-http");
      thread.setDaemon(true);
      return thread;
    });
    HttpClient.Builder builder = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(config.connectTimeout())
        .executor(executor);
    if (config.caFile() != null) {
      builder.sslContext(ConsulTrust.of(config.caFile()).context());
    }
    this.client = builder.build();
  }

  /**
   * @param pathAndQuery begins with a slash, already encoded
   * @param limit from now to the last byte
   */
  ConsulAnswer get(String pathAndQuery, Duration limit) throws ConsulFailure, InterruptedException {
    URI base = config.address();
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base.getScheme() + "://" + base.getRawAuthority() + pathAndQuery))
        .header("Accept", "application/json")
        .header("User-Agent", "tidegate");
    @Nullable Secret token = config.token();
    if (token != null) {
      request.header("X-Consul-Token", token.reveal());
    }
    CompletableFuture<HttpResponse<byte[]>> call;
    try {
      call = client.sendAsync(request.build(), head -> new BoundedBody(config.maxBytes()));
    } catch (RejectedExecutionException stopped) {
      throw new ConsulFailure(Kind.CONNECTION);
    }
    HttpResponse<byte[]> response;
    try {
      response = call.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      throw new ConsulFailure(Kind.TIMEOUT);
    } catch (ExecutionException broken) {
      throw new ConsulFailure(kindOf(broken));
    } finally {
      call.cancel(true);
    }
    if (response.statusCode() != 200) {
      throw new ConsulFailure(Kind.STATUS, response.statusCode());
    }
    HttpHeaders headers = response.headers();
    return new ConsulAnswer(number(headers, "X-Consul-Index"),
        !headers.firstValue("X-Consul-KnownLeader").map("false"::equalsIgnoreCase).orElse(false),
        number(headers, "X-Consul-LastContact"),
        headers.firstValue("X-Consul-Results-Filtered-By-ACLs").map("true"::equalsIgnoreCase).orElse(false), response.body());
  }

  private static Kind kindOf(ExecutionException broken) {
    for (Throwable cause = broken.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof BoundedBody.TooLong) {
        return Kind.OVERSIZED;
      }
      if (cause instanceof java.net.http.HttpTimeoutException) {
        return Kind.TIMEOUT;
      }
    }
    return Kind.CONNECTION;
  }

  /** 0 if absent, unreadable or negative. */
  private static long number(HttpHeaders headers, String name) {
    String text = headers.firstValue(name).orElse("");
    if (text.isEmpty() || text.length() > 18) {
      return 0;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
