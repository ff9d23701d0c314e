package io.tidegate.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A real Consul agent on free ports, all in memory: what it knew is gone after {@link #kill} and {@link #start}. The binary comes from
 * script/lib/consul.sh by the system property {@code tidegate.consul} or the environment's {@code CONSUL_BINARY}; without it, tests fail.
 */
public final class ConsulAgent implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path binary;
  private final Path folder;
  private final @Nullable String masterToken;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).proxy(HttpClient.Builder.NO_PROXY).build();
  private final int[] ports = IntStream.generate(FreePorts::number).limit(5).toArray();
  /** For a datacenter of its own; empty for the usual one. */
  private final List<String> more = new ArrayList<>();
  /** Absent while down. */
  private @Nullable Process process;

  private ConsulAgent(Path folder, @Nullable String masterToken) {
    this.binary = binary();
    this.folder = folder;
    this.masterToken = masterToken;
  }

  /** Starts one that everybody may ask anything. */
  public static ConsulAgent open(Path folder) {
    ConsulAgent agent = new ConsulAgent(folder, null);
    agent.start();
    return agent;
  }

  /** Starts one that denies by default; {@code masterToken} may do all. */
  public static ConsulAgent guarded(Path folder, String masterToken) {
    ConsulAgent agent = new ConsulAgent(folder, masterToken);
    agent.start();
    return agent;
  }

  /**
   * Starts one that is a datacenter by itself.
   *
   * @param joined another that it knows over the wide area; null for none
   */
  public static ConsulAgent datacenter(Path folder, String name, @Nullable ConsulAgent joined) {
    ConsulAgent agent = new ConsulAgent(folder, null);
    agent.more.add("-datacenter=" + name);
    if (joined != null) {
      agent.more.add("-retry-join-wan=127.0.0.1:" + joined.ports[3]);
      agent.more.add("-retry-interval-wan=1s");
    }
    agent.start();
    return agent;
  }

  /** Port of its name server. */
  public int dnsPort() {
    return ports[4];
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + ports[0]);
  }

  /** Starts and waits for a leader. */
  public void start() {
    List<String> command = new ArrayList<>(List.of(binary.toString(), "agent", "-dev", "-bind=127.0.0.1", "-client=127.0.0.1", "-node=n1",
        "-http-port=" + ports[0], "-server-port=" + ports[1], "-serf-lan-port=" + ports[2], "-serf-wan-port=" + ports[3],
        "-dns-port=" + ports[4], "-grpc-port=-1", "-log-level=warn"));
    command.addAll(more);
    try {
      if (masterToken != null) {
        Path config = Files.writeString(folder.resolve("acl.json"), """
            {"acl":{"enabled":true,"default_policy":"deny","tokens":{"master":"%s","agent":"%s"}}}""".formatted(masterToken, masterToken));
        command.add("-config-file=" + config);
      }
      process = new ProcessBuilder(command).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("consul.log").toFile())).start();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    awaitReady();
  }

  /** kill -9. */
  public void kill() {
    Process old = process;
    process = null;
    if (old != null) {
      try {
        old.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Registers an instance with a TTL check that has the given status for ten minutes. */
  public void register(String service, String id, String address, int port, String status) {
    call("PUT", "/v1/agent/service/register", """
        {"ID":"%s","Name":"%s","Address":"%s","Port":%d,"Weights":{"Passing":5,"Warning":2},
         "Check":{"CheckID":"service:%s","TTL":"10m","Status":"%s"}}""".formatted(id, service, address, port, id, status));
  }

  public void deregister(String id) {
    call("PUT", "/v1/agent/service/deregister/" + id, "");
  }

  /** @param verb pass, warn or fail */
  public void check(String id, String verb) {
    call("PUT", "/v1/agent/check/" + verb + "/service:" + id, "");
  }

  public void maintenance(String id, boolean on) {
    call("PUT", "/v1/agent/service/maintenance/" + id + "?enable=" + on, "");
  }

  /** Consul's own proxy, an implementation of the mesh that is not ours; see {@code consul connect proxy -h}. Closing ends it. */
  public AutoCloseable proxy(String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString(), "connect", "proxy", "-http-addr=127.0.0.1:" + ports[0], "-log-level=warn"));
    command.addAll(List.of(arguments));
    try {
      Process proxy = new ProcessBuilder(command).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("proxy.log").toFile())).start();
      return () -> proxy.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A text field of the answer to a GET. */
  public String field(String path, String name) {
    String json = call("GET", path, "");
    java.util.regex.Matcher matcher = java.util.regex.Pattern.compile("\"" + name + "\": ?\"([^\"]+)\"").matcher(json);
    if (!matcher.find()) {
      throw new AssertionError("no " + name + " at " + path);
    }
    return matcher.group(1);
  }

  /** The answer's body, whatever its status. */
  public String call(String method, String path, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url().resolve(path)).timeout(Duration.ofSeconds(10))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (masterToken != null) {
      request.header("X-Consul-Token", masterToken);
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return response.body();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  @Override
  public void close() {
    kill();
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Object pause = new Object();
    while (!ready()) {
      Process now = process;
      if (now == null || !now.isAlive() || System.nanoTime() - deadline > 0) {
        kill();
        throw new AssertionError("consul did not come up, see " + folder.resolve("consul.log"));
      }
      synchronized (pause) {
        try {
          pause.wait(50);
        } catch (InterruptedException stopped) {
          throw new AssertionError(stopped);
        }
      }
    }
  }

  private boolean ready() {
    try {
      return call("GET", "/v1/health/service/consul?passing", "").contains("serfHealth");
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  private static Path binary() {
    String path = System.getProperty("tidegate.consul", System.getenv().getOrDefault("CONSUL_BINARY", ""));
    if (path.isEmpty() || !Files.isExecutable(Path.of(path))) {
      throw new AssertionError(
          "needs a real Consul agent: CONSUL_BINARY=$(script/lib/consul.sh), which script/test does; got '" + path + "'");
    }
    return Path.of(path);
  }
}
