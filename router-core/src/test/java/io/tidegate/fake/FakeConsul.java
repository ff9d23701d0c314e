package io.tidegate.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Consul agent as far as health queries go: blocking, with an index that rises with each change. For faults no real agent can be made to
 * show, {@link #answer} scripts replies: each is used once, before the regular behaviour. Any thread.
 */
public final class FakeConsul implements AutoCloseable {
  private final int port;
  private final Map<String, Map<String, Row>> services = new LinkedHashMap<>();
  private final Deque<Reply> script = new ArrayDeque<>();
  private final List<Query> queries = new ArrayList<>();
  /** Absent while down. */
  private @Nullable HttpServer server;
  private @Nullable ExecutorService executor;
  private long index = 10;
  private boolean leaderless;
  private boolean filtered;
  private final Set<String> hidden = new HashSet<>();

  public FakeConsul() {
    try {
      port = FreePorts.number();
      serve(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    } catch (IOException noSocket) {
      throw new UncheckedIOException(noSocket);
    }
  }

  /**
   * An instance.
   *
   * @param status of its one check: passing, warning, critical
   */
  public record Row(String node, String id, String address, int port, String status, int passingWeight, int warningWeight) {
    public static Row passing(String id, String address, int port) {
      return new Row("n1", id, address, port, "passing", 1, 1);
    }

    public Row with(String status) {
      return new Row(node, id, address, port, status, passingWeight, warningWeight);
    }

    public String json() {
      return """
          {"Node":{"Node":"%s","Address":"127.0.0.9"},"Service":{"ID":"%s","Service":"x","Address":"%s","Port":%d,
          "Weights":{"Passing":%d,"Warning":%d}},"Checks":[{"CheckID":"serfHealth","Status":"passing"},{"CheckID":"c","Status":"%s"}]}"""
          .formatted(node, id, address, port, passingWeight, warningWeight, status);
    }
  }

  /** A scripted reply. */
  public record Reply(int status, Map<String, String> headers, byte[] body, boolean hang, boolean drip) {
    public static Reply of(int status, String body) {
      return new Reply(status, Map.of(), body.getBytes(StandardCharsets.UTF_8), false, false);
    }

    /** Never answers, until the server goes down. */
    public static Reply hanging() {
      return new Reply(200, Map.of(), new byte[0], true, false);
    }

    /** Sends one byte after the other, far too slowly. */
    public static Reply dripping() {
      return new Reply(200, Map.of("X-Consul-Index", "5"), new byte[1000], false, true);
    }

    public Reply header(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Reply(status, more, body, hang, drip);
    }

    public Reply index(long index) {
      return header("X-Consul-Index", Long.toString(index));
    }
  }

  /** A query as it came. */
  public record Query(String path, long index, @Nullable String longest, @Nullable String datacenter, @Nullable String token,
      long atNanos, Map<String, String> parameters) {
    public Query {
      parameters = Map.copyOf(parameters);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public synchronized void put(String service, Row row) {
    services.computeIfAbsent(service, name -> new LinkedHashMap<>()).put(row.node() + "/" + row.id(), row);
    changed();
  }

  public synchronized void remove(String service, String node, String id) {
    services.getOrDefault(service, new LinkedHashMap<>()).remove(node + "/" + id);
    changed();
  }

  public synchronized void clear(String service) {
    services.remove(service);
    changed();
  }

  /** Says so in every answer from now on. */
  public synchronized void leaderless(boolean now) {
    leaderless = now;
    changed();
  }

  /** Says so in every answer from now on, and gives no rows. */
  public synchronized void filteredByAcls(boolean now) {
    filtered = now;
    changed();
  }

  /** From now on the instance is left out for want of rights, and every answer says that something is, as agents from 1.11 on do. */
  public synchronized void hide(String id, boolean now) {
    if (now) {
      hidden.add(id);
    } else {
      hidden.remove(id);
    }
    changed();
  }

  /** Every blocking query returns, with an index one higher and nothing changed. */
  public synchronized void wake() {
    changed();
  }

  /** The index every answer carries from now on, unless a change raises it. */
  public synchronized void index(long now) {
    index = now;
    notifyAll();
  }

  /** Queues replies, each for one query; {@link #wake} makes a query that is blocking now take the first. */
  public synchronized void answer(Reply... replies) {
    script.addAll(List.of(replies));
  }

  /** Forgets the replies that were not used. */
  public synchronized void answerRegularly() {
    script.clear();
  }

  public synchronized int scripted() {
    return script.size();
  }

  public synchronized List<Query> queries() {
    return List.copyOf(queries);
  }

  /** Refuses connections and cuts those there are. */
  public synchronized void down() {
    HttpServer old = server;
    ExecutorService threads = executor;
    server = null;
    executor = null;
    if (old != null && threads != null) {
      threads.shutdownNow();
      old.stop(0);
    }
  }

  /** Serves again, on the same port, with the same rows and, like a restarted agent, a low index. */
  public synchronized void up() {
    try {
      index = 3;
      serve(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
  }

  @Override
  public void close() {
    down();
  }

  private void changed() {
    index++;
    notifyAll();
  }

  private void serve(HttpServer fresh) {
    ExecutorService threads = Executors.newCachedThreadPool(task -> {
      Thread thread = new Thread(task, "fake-consul");
      thread.setDaemon(true);
      return thread;
    });
    fresh.setExecutor(threads);
    fresh.createContext("/v1/health/service/", this::handle);
    fresh.createContext("/v1/kv/", this::handle);
    fresh.createContext("/v1/agent/", this::handle);
    fresh.start();
    server = fresh;
    executor = threads;
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
    long asked = Long.parseLong(parameters.getOrDefault("index", "0"));
    String path = exchange.getRequestURI().getRawPath();
    try {
      Reply reply = reply(new Query(path, asked, parameters.get("wait"), parameters.get("dc"),
          exchange.getRequestHeaders().getFirst("X-Consul-Token"), System.nanoTime(), parameters));
      if (reply.hang()) {
        awaitShutdown();
      }
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
      try (OutputStream out = exchange.getResponseBody()) {
        if (reply.drip()) {
          for (byte b : reply.body()) {
            out.write(b);
            out.flush();
            pause();
          }
        } else {
          out.write(reply.body());
        }
      }
    } catch (InterruptedException down) {
      exchange.close();
    }
  }

  private synchronized Reply reply(Query query) throws InterruptedException {
    queries.add(query);
    Reply next = script.poll();
    if (next != null) {
      return next;
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis(query.longest()));
    while (query.index() > 0 && query.index() >= index) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    // What was scripted while this query blocked is its answer.
    Reply late = script.poll();
    return late != null ? late : regular(query.path().substring(query.path().lastIndexOf('/') + 1));
  }

  private Reply regular(String service) {
    List<String> rows = new ArrayList<>();
    if (!filtered) {
      services.getOrDefault(service, Map.of()).values().stream().filter(row -> !hidden.contains(row.id()))
          .forEach(row -> rows.add(row.json()));
    }
    Reply reply = Reply.of(200, "[" + String.join(",", rows) + "]").index(index)
        .header("X-Consul-KnownLeader", Boolean.toString(!leaderless)).header("X-Consul-LastContact", "0");
    return filtered || !hidden.isEmpty() ? reply.header("X-Consul-Results-Filtered-By-ACLs", "true") : reply;
  }

  private synchronized void awaitShutdown() throws InterruptedException {
    while (server != null) {
      wait(1000);
    }
  }

  private synchronized void pause() throws InterruptedException {
    wait(200);
  }

  private static long millis(@Nullable String wait) {
    return wait == null ? 0 : Long.parseLong(wait.substring(0, wait.length() - 2));
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      parameters.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
    }
    return parameters;
  }
}
