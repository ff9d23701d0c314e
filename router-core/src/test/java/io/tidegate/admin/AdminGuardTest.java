package io.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.tidegate.admission.Callers;
import io.tidegate.admission.KeyEntry;
import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminGuardTest {
  private static final String KEY = "tgk_guard-test";
  private static final Operators OPERATORS = new Operators(List.of(new KeyEntry(new Caller("operators", "alice"), Callers.hashOf(KEY))), Set.of());
  private final AdminBench bench = new AdminBench(new AdminRules(List.of("admin.corp", "10.9.9.9"), OPERATORS));

  @AfterEach
  void stop() {
    bench.close();
  }

  private String from(String host) throws IOException {
    return bench.raw("GET /admin/flows HTTP/1.1\r\nHost: " + host + "\r\n\r\n").substring(9, 12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:7402", "127.0.0.1:1", "127.8.8.8", "[::1]:7402", "admin.corp", "Admin.Corp:443", "10.9.9.9:80"})
  @DisplayName("D8 documents are served under loopback's names and the configured ones")
  void ownNames(String host) throws IOException {
    assertThat(from(host)).isEqualTo("200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "10.1.2.3", "192.168.0.1:7402", "[fe80::1]", "admin.corp.evil.example", "xadmin.corp", "localhost.", "0.0.0.0", "127.0.0.1.nip.io",
      "localhost:7402@evil.example", "admin.corp:", "2130706433", "0x7f.1", "[::ffff:10.1.2.3]"})
  @DisplayName("D8 under any other name, and any address that is not the listener's own, nothing is served")
  void foreignNames(String host) throws IOException {
    assertThat(from(host)).isEqualTo("403");
    assertThat(bench.done).isEmpty();
  }

  @Test
  @DisplayName("D8 probes and Prometheus may come by an address that a network gave us; the page and its documents not")
  void probes() throws IOException {
    for (String path : List.of("/livez", "/readyz", "/metrics")) {
      assertThat(bench.raw("GET " + path + " HTTP/1.1\r\nHost: 10.1.2.3:7402\r\n\r\n")).startsWith("HTTP/1.1 200");
      assertThat(bench.raw("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n")).startsWith("HTTP/1.1 403");
    }
    for (String path : List.of("/", "/admin/ui/", "/admin/status", "/admin/events", "/admin/explain?id=x")) {
      assertThat(bench.raw("GET " + path + " HTTP/1.1\r\nHost: 10.1.2.3:7402\r\n\r\n")).startsWith("HTTP/1.1 403");
    }
  }

  @ParameterizedTest
  @CsvSource({"same-origin,cors,empty,200", "none,navigate,document,200", "cross-site,cors,empty,403", "same-site,cors,empty,403", "cross-site,no-cors,image,403",
      "cross-site,navigate,document,403", "same-site,navigate,iframe,403", "Same-Origin,cors,empty,403"})
  @DisplayName("D8 a browser's page of another origin has no document, not even one of this host")
  void sites(String site, String mode, String destination, String status) throws IOException {
    assertThat(bench.get("/admin/flows", "Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: " + mode, "Sec-Fetch-Dest: " + destination)).startsWith("HTTP/1.1 " + status);
  }

  @Test
  @DisplayName("D8 one may follow a link to the page itself, which holds nothing; not frame it, nor load its parts")
  void links() throws IOException {
    assertThat(bench.get("/admin/ui/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")).startsWith("HTTP/1.1 200");
    assertThat(bench.get("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")).startsWith("HTTP/1.1 302").contains("location: /admin/ui/");
    assertThat(bench.get("/admin/ui/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")).startsWith("HTTP/1.1 403");
    assertThat(bench.get("/admin/ui/app.js", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script")).startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://localhost", "https://localhost:{port}", "http://127.0.0.1:{port}", "http://localhost:{port}.evil.example", "",
      "http://localhost:{port}/"})
  @DisplayName("D8 a POST of any origin but the very one is refused before its body is read, with whatever key")
  void foreignOrigins(String origin) throws IOException {
    String[] headers = {"Origin: " + origin.replace("{port}", "" + bench.port()), "Content-Type: application/json", "Authorization: Bearer " + KEY};
    assertThat(bench.post("/admin/log", "{\"level\":\"debug\"}", headers)).startsWith("HTTP/1.1 403");
    assertThat(bench.post("/admin/playground", "{\"text\":\"x\"}", headers)).startsWith("HTTP/1.1 403");
    assertThat(bench.done).isEmpty();
  }

  @Test
  @DisplayName("D8 a browser that names its site and not its origin posts nothing; a double header is refused")
  void half() throws IOException {
    assertThat(bench.post("/admin/playground", "{}", "Sec-Fetch-Site: same-origin", "Content-Type: application/json")).startsWith("HTTP/1.1 403");
    String own = "Origin: http://localhost:" + bench.port();
    for (String twice : List.of(own, "Content-Type: application/json", "Authorization: Bearer x", "Sec-Fetch-Site: same-origin")) {
      assertThat(bench.post("/admin/playground", "{}", own, "Sec-Fetch-Site: same-origin", "Content-Type: application/json", twice, twice)).startsWith("HTTP/1.1 400");
    }
    assertThat(bench.done).isEmpty();
  }

  @Test
  @DisplayName("K7 from another host all but probes and the empty page takes an operator's key")
  void elsewhere() {
    Guard guard = new Guard(new AdminRules(List.of(), OPERATORS));
    for (String path : List.of("/admin/flows", "/admin/events", "/admin/status", "/admin/config", "/admin/explain", "/admin/nothing")) {
      assertThat(guard.refuse(remote(path, null))).as(path).isNotNull().extracting(answer -> answer.status().code()).isEqualTo(401);
      assertThat(guard.refuse(remote(path, "Bearer wrong"))).as(path).isNotNull();
      assertThat(guard.refuse(remote(path, "Bearer " + KEY))).as(path).isNull();
    }
    for (String path : List.of("/livez", "/readyz", "/metrics", "/", "/admin/ui/", "/admin/ui/app.js")) {
      assertThat(guard.refuse(remote(path, null))).as(path).isNull();
    }
  }

  private static Head remote(String path, String authorization) {
    HttpHeaders headers = new DefaultHttpHeaders().set("host", "10.0.0.5:7402");
    if (authorization != null) {
      headers.set("authorization", authorization);
    }
    return new Head(HttpMethod.GET, path, "", headers, Peer.UNKNOWN, false, new InetSocketAddress("10.0.0.5", 7402));
  }

  @Test
  @DisplayName("D8 every answer carries the strict headers, and none a CORS header")
  void headers() throws IOException {
    for (String answer : List.of(bench.get("/"), bench.get("/admin/ui/"), bench.get("/admin/ui/app.js"), bench.get("/admin/flows"), bench.get("/nothing"), bench.get("/metrics"),
        bench.raw("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), bench.post("/admin/log", ""))) {
      assertThat(answer).contains("content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; ", "require-trusted-types-for 'script'; trusted-types 'none'",
          "frame-ancestors 'none'", "x-content-type-options: nosniff", "referrer-policy: no-referrer", "cross-origin-opener-policy: same-origin",
          "cross-origin-resource-policy: same-origin", "cross-origin-embedder-policy: require-corp").doesNotContain("unsafe").doesNotContainIgnoringCase("access-control");
    }
    assertThat(bench.get("/admin/flows")).contains("cache-control: no-store");
  }
}
