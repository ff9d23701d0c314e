package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Consul's mesh against a real agent. At the far end of both sides stands Consul's own proxy: {@code web} connects to our mesh listener, and our
 * private upstream {@code llm} is an emulator behind one.
 */
@Tag("consul")
class ConsulConnectIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir
  private Path folder;
  private ConsulAgent agent;
  private TestBed bed;
  private AutoCloseable web;
  private AutoCloseable llm;
  private int door;
  private int behindLlm;

  @BeforeEach
  void start() {
    agent = ConsulAgent.open(folder);
    String domain = agent.field("/v1/connect/ca/roots", "TrustDomain");
    bed = TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm, connect: true")
        .section("consul", "{address: '" + agent.url() + "', wait: 5s, connect: {listen: '127.0.0.1:0'}, register: {interval: 1s}}")
        .section("callers", "{trustDomain: '" + domain + "', spiffe: [{id: 'spiffe://" + domain + "/ns/default/dc/*/svc/web', tenant: web, name: web}]}")
        .section("attempts", "{max: 1}").start();
    door = ConsulAgent.freePort();
    behindLlm = ConsulAgent.freePort();
    llm = agent.proxy("-service=llm", "-service-addr=127.0.0.1:" + bed.privateA.port(), "-listen=127.0.0.1:" + behindLlm, "-register");
    web = agent.proxy("-service=web", "-upstream=tidegate:127.0.0.1:" + door);
    GrpcClientIT.await(LONG, "a request of web is answered by the model", () -> viaMesh() == 200);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {web, llm, bed, agent}) {
      if (part != null) {
        part.close();
      }
    }
  }

  /** One restricted request of web over a connection of its own; 0 if it was cut. */
  private int viaMesh() {
    return post(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build());
  }

  private int post(HttpClient client) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/v1/chat/completions")).timeout(Duration.ofSeconds(20))
        .header("content-type", "application/json").header("x-tidegate-sensitivity", "restricted")
        .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", "Tell a short story.", false))).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException cut) {
      return 0;
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  private void intention(String action) {
    agent.call("PUT", "/v1/connect/intentions/exact?source=web&destination=tidegate", "{\"SourceType\":\"consul\",\"Action\":\"" + action + "\"}");
  }

  @Test
  @DisplayName("R10.4 a deny intention refuses a new connection within 1 s, leaves those there are, and an allow opens again")
  void intentions() {
    HttpClient old = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    assertThat(post(old)).isEqualTo(200);
    String denied = agent.call("POST", "/v1/connect/intentions", "{\"SourceName\":\"web\",\"DestinationName\":\"tidegate\",\"SourceType\":\"consul\",\"Action\":\"deny\"}");
    long saidNanos = System.nanoTime();
    AtomicInteger late = new AtomicInteger();
    GrpcClientIT.await(LONG, "a new connection is refused", () -> {
      long begun = System.nanoTime() - saidNanos;
      if (viaMesh() == 0) {
        System.out.printf("R10.4: the first connection that was refused began %d ms after the intention was written%n", begun / 1_000_000);
        return true;
      }
      late.addAndGet(begun > 1_000_000_000L ? 1 : 0);
      return false;
    });
    assertThat(late.get()).as("connections let in that began more than a second after the intention was written").isZero();
    for (int i = 0; i < 10; i++) {
      assertThat(viaMesh()).isZero();
    }
    assertThat(post(old)).as("the connection that stood before").isEqualTo(200);
    assertThat(bed.metric("tidegate_mesh_connections_total", "denied")).isGreaterThanOrEqualTo(10);
    String id = denied.replaceAll("(?s).*\"ID\": ?\"([^\"]+)\".*", "$1");
    agent.call("DELETE", "/v1/connect/intentions/" + id, "");
    GrpcClientIT.await(LONG, "a new connection is let in again", () -> viaMesh() == 200);
  }
}
