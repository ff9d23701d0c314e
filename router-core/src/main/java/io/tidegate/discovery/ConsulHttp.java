package io.tidegate.discovery;

import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.model.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
 * Calls to one agent, bounded in bytes and in time from the first to the last byte. The JDK's client and not the kiwiproject one, which
 * reads bodies of any length, has one read time-out for all its calls, and does not know X-Consul-Results-Filtered-By-ACLs. No proxy, no
 * redirect (hazard A15). Token and certificates are those the files hold now: a call that the agent holds is asked again when they change. Any
 * thread but an event loop.
 */
final class ConsulHttp implements AutoCloseable {
  private final ConsulConfig config;
  private final AgentCredentials credentials;
  private final ExecutorService executor;
  /** Namespace and partition, ready to be put behind a path; empty for none. */
  private final String where;
  private volatile Client client;

  /** A client, and the credentials it was made with. */
  private record Client(HttpClient http, AgentCredentials.@Nullable Shown made) {}

  /** @throws IllegalArgumentException if the CA file can't be read */
  ConsulHttp(ConsulConfig config) {
    this.config = config;
    this.credentials = new AgentCredentials(config.access());
    this.executor = Executors.newFixedThreadPool(2, task -> {
      Thread thread = new Thread(task, "consul-http");
      thread.setDaemon(true);
      return thread;
    });
    this.where = parameter("ns", config.access().namespace()) + parameter("partition", config.access().partition());
    this.client = client(credentials.now());
  }

  private Client client(AgentCredentials.Shown shown) {
    HttpClient.Builder builder = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(config.connectTimeout())
        .executor(executor);
    ConsulTrust trust = shown.trust();
    if (trust != null) {
      builder.sslContext(trust.context());
    }
    return new Client(builder.build(), shown);
  }

  /** Made anew for other certificates; connections of the old one end with their calls. */
  private synchronized HttpClient of(AgentCredentials.Shown shown) {
    AgentCredentials.Shown made = client.made;
    if (made == null || made.trust() != shown.trust()) {
      client = client(shown);
    }
    return client.http;
  }

  /**
   * @param pathAndQuery begins with a slash, already encoded
   * @param limit from now to the last byte
   */
  ConsulAnswer get(String pathAndQuery, Duration limit) throws ConsulFailure, InterruptedException {
    return call("GET", pathAndQuery, "", limit);
  }

  /** The same; an empty body where there is nothing (404), which has an index as well. */
  ConsulAnswer getOrNone(String pathAndQuery, Duration limit) throws ConsulFailure, InterruptedException {
    return called("GET", pathAndQuery, "", limit, true);
  }

  /** @param body JSON or nothing */
  ConsulAnswer call(String method, String pathAndQuery, String body, Duration limit) throws ConsulFailure, InterruptedException {
    return called(method, pathAndQuery, body, limit, false);
  }

  private ConsulAnswer called(String method, String pathAndQuery, String body, Duration limit, boolean none) throws ConsulFailure, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      AgentCredentials.Shown shown = credentials.now();
      CompletableFuture<HttpResponse<byte[]>> call = begun(method, pathAndQuery, body, shown);
      try {
        @Nullable HttpResponse<byte[]> response = awaited(call, shown, end);
        if (response != null) {
          return answer(response, none);
        }
        // The token was replaced while the agent held the call: asked again with the new one.
      } finally {
        call.cancel(true);
      }
    }
  }

  private CompletableFuture<HttpResponse<byte[]>> begun(String method, String pathAndQuery, String body, AgentCredentials.Shown shown) throws ConsulFailure {
    URI base = config.address();
    String path = where.isEmpty() ? pathAndQuery : pathAndQuery + (pathAndQuery.indexOf('?') < 0 ? '?' : '&') + where.substring(1);
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base.getScheme() + "://" + base.getRawAuthority() + path))
        .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
        .header("Accept", "application/json")
        .header("User-Agent", "tidegate");
    @Nullable Secret token = shown.token();
    if (token != null) {
      request.header("X-Consul-Token", token.reveal());
    }
    try {
      return of(shown).sendAsync(request.build(), head -> new BoundedBody(config.maxBytes()));
    } catch (RejectedExecutionException stopped) {
      throw new ConsulFailure(Kind.CONNECTION);
    }
  }

  /** Null if other credentials came while it waited. */
  private @Nullable HttpResponse<byte[]> awaited(CompletableFuture<HttpResponse<byte[]>> call, AgentCredentials.Shown shown, long endNanos)
      throws ConsulFailure, InterruptedException {
    while (true) {
      long left = endNanos - System.nanoTime();
      long slice = credentials.mayChange() ? Math.min(left, AgentCredentials.LOOK_NANOS) : left;
      try {
        return call.get(Math.max(0, slice), TimeUnit.NANOSECONDS);
      } catch (TimeoutException slow) {
        if (slice == left) {
          throw new ConsulFailure(Kind.TIMEOUT);
        }
        if (credentials.now().generation() != shown.generation()) {
          return null;
        }
      } catch (ExecutionException broken) {
        throw new ConsulFailure(kindOf(broken));
      }
    }
  }

  private static ConsulAnswer answer(HttpResponse<byte[]> response, boolean none) throws ConsulFailure {
    boolean nothing = none && response.statusCode() == 404;
    if (response.statusCode() != 200 && !nothing) {
      throw new ConsulFailure(Kind.STATUS, response.statusCode());
    }
    HttpHeaders headers = response.headers();
    return new ConsulAnswer(number(headers, "X-Consul-Index"),
        !headers.firstValue("X-Consul-KnownLeader").map("false"::equalsIgnoreCase).orElse(false),
        number(headers, "X-Consul-LastContact"),
        headers.firstValue("X-Consul-Results-Filtered-By-ACLs").map("true"::equalsIgnoreCase).orElse(false), nothing ? new byte[0] : response.body());
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
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
