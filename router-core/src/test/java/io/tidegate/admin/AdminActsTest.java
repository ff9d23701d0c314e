package io.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.Callers;
import io.tidegate.admission.KeyEntry;
import io.tidegate.model.Caller;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminActsTest {
  private static final String KEY = "tgk_acts-test";
  private static final AdminRules KEYS = new AdminRules(List.of(), new Operators(List.of(new KeyEntry(new Caller("operators", "alice"), Callers.hashOf(KEY))), Set.of()));
  private static final String JSON = "Content-Type: application/json";
  private static final String BEARER = "Authorization: Bearer " + KEY;
  private static final String DEBUG = "{\"level\":\"debug\"}";

  @TempDir private Path folder;

  private static String[] ownPage(AdminBench bench, String... more) {
    List<String> headers = new java.util.ArrayList<>(List.of("Origin: http://localhost:" + bench.port(), "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"));
    headers.addAll(List.of(more));
    return headers.toArray(String[]::new);
  }

  @Test
  @DisplayName("K7 an operator's key acts, from a program and from our own page, and is logged by its name")
  void withKey() throws IOException {
    try (AdminBench bench = new AdminBench(KEYS)) {
      assertThat(bench.post("/admin/log", DEBUG, JSON, BEARER)).startsWith("HTTP/1.1 200").endsWith("{\"log\":1}");
      assertThat(bench.post("/admin/log", " {\n\"level\" : \"info\" } ", ownPage(bench, "Content-Type: application/json; charset=UTF-8", BEARER))).startsWith("HTTP/1.1 200");
      assertThat(bench.post("/admin/policy/reload", "{}", ownPage(bench, JSON, BEARER))).startsWith("HTTP/1.1 200");
      assertThat(bench.post("/admin/policy/reload", "", BEARER)).startsWith("HTTP/1.1 200");
      assertThat(bench.post("/admin/cache/purge?tenant=t", "", BEARER)).startsWith("HTTP/1.1 200");
      assertThat(bench.done).containsExactly("alice: sets the log level to debug", "level debug", "alice: sets the log level to info", "level info",
          "alice: asked for the policies to be read again", "reload", "alice: asked for the policies to be read again", "reload", "alice: purges the edge cache", "purge t");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/admin/log", "/admin/policy/reload", "/admin/cache/purge?all"})
  @DisplayName("K7 once operators have keys, nobody acts without one: no program, no page, no wrong key")
  void withoutKey(String path) throws IOException {
    try (AdminBench bench = new AdminBench(KEYS)) {
      for (String answer : List.of(bench.post(path, DEBUG, JSON), bench.post(path, ""), bench.post(path, DEBUG, ownPage(bench, JSON)),
          bench.post(path, DEBUG, JSON, "Authorization: Bearer tgk_wrong"), bench.post(path, DEBUG, JSON, "Authorization: Basic " + KEY), bench.post(path, DEBUG, JSON, "Authorization: " + KEY))) {
        assertThat(answer).startsWith("HTTP/1.1 401").contains("www-authenticate: Bearer");
      }
      assertThat(bench.done).isEmpty();
    }
  }

  @Test
  @DisplayName("K7 where nobody has a key, programs of this host do what they did; no page acts, and the log level stays")
  void nobodyHasAKey() throws IOException {
    try (AdminBench bench = new AdminBench(AdminRules.DEFAULT)) {
      assertThat(bench.post("/admin/policy/reload", "")).startsWith("HTTP/1.1 200");
      assertThat(bench.post("/admin/cache/purge?all", "")).startsWith("HTTP/1.1 200");
      assertThat(bench.done).containsExactly("a program of this host: asked for the policies to be read again", "reload", "a program of this host: purges the edge cache", "purge null");
      assertThat(bench.post("/admin/log", DEBUG, JSON)).startsWith("HTTP/1.1 401").contains("admin.operators");
      assertThat(bench.post("/admin/policy/reload", "{}", ownPage(bench, JSON))).startsWith("HTTP/1.1 401");
      assertThat(bench.post("/admin/policy/reload", "", "Authorization: Bearer x")).startsWith("HTTP/1.1 401");
      assertThat(bench.done).hasSize(4);
    }
  }

  @Test
  @DisplayName("D8 an act of a page that a form could send is refused although its key is good")
  void forms() throws IOException {
    try (AdminBench bench = new AdminBench(KEYS)) {
      for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "text/json", "application/json, text/plain")) {
        assertThat(bench.post("/admin/policy/reload", DEBUG, ownPage(bench, "Content-Type: " + type, BEARER))).startsWith("HTTP/1.1 415");
        assertThat(bench.post("/admin/log", DEBUG, "Content-Type: " + type, BEARER)).startsWith("HTTP/1.1 415");
        assertThat(bench.post("/admin/playground", "{\"text\":\"x\"}", "Content-Type: " + type)).startsWith("HTTP/1.1 415");
      }
      assertThat(bench.post("/admin/policy/reload", "{}", ownPage(bench, BEARER))).startsWith("HTTP/1.1 415");
      assertThat(bench.post("/admin/policy/reload", "{}", ownPage(bench, JSON, BEARER, "Cookie: a=b"))).startsWith("HTTP/1.1 403");
      assertThat(bench.done).isEmpty();
    }
  }

  @Test
  @DisplayName("K7 on the Unix socket the kernel's word for the user is enough, for a program; a page shows a key there, too")
  void unixUser() throws IOException {
    long self = Integer.toUnsignedLong((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    Path socket = folder.resolve("admin.sock");
    AdminRules rules = new AdminRules(List.of(), new Operators(KEYS.operators().keysConfigured() ? List.of(new KeyEntry(new Caller("operators", "alice"), Callers.hashOf(KEY))) : List.of(), Set.of(self)));
    try (AdminBench bench = AdminBench.unix(rules, socket)) {
      assertThat(AdminBench.unixPost(socket, "/admin/log", DEBUG, JSON)).startsWith("HTTP/1.1 200");
      assertThat(bench.done).containsExactly("uid-" + self + ": sets the log level to debug", "level debug");
      assertThat(AdminBench.unixPost(socket, "/admin/log", DEBUG, JSON, "Origin: http://localhost", "Sec-Fetch-Site: same-origin")).startsWith("HTTP/1.1 401");
      assertThat(AdminBench.unixPost(socket, "/admin/log", DEBUG, JSON, "Authorization: Bearer tgk_wrong")).as("a wrong key is not passed over").startsWith("HTTP/1.1 401");
      assertThat(bench.done).hasSize(2);
    }
    Path other = folder.resolve("other.sock");
    try (AdminBench bench = AdminBench.unix(new AdminRules(List.of(), new Operators(List.of(), Set.of(self + 1))), other)) {
      assertThat(AdminBench.unixPost(other, "/admin/log", DEBUG, JSON)).as("another user").startsWith("HTTP/1.1 401");
      assertThat(bench.done).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"level\":\"trace\"}", "{\"level\":\"DEBUG\"}", "{\"level\":\"debug\",\"level\":\"info\"}", "[\"debug\"]", "{\"level\":\"debug\"}x"})
  @DisplayName("K7 a level that is none changes nothing")
  void wrongLevels(String body) throws IOException {
    try (AdminBench bench = new AdminBench(KEYS)) {
      assertThat(bench.post("/admin/log", body, JSON, BEARER)).startsWith("HTTP/1.1 400");
      assertThat(bench.done).isEmpty();
    }
  }

  @Test
  @DisplayName("G3 G8 the playground takes a bounded text by POST, whole or not at all, and says nothing of what was wrong with it")
  void playground() throws IOException {
    try (AdminBench bench = new AdminBench(AdminRules.DEFAULT)) {
      String text = "{\"text\":\"" + "ü".repeat(50_000) + "\"}";
      assertThat(bench.post("/admin/playground", text, JSON)).startsWith("HTTP/1.1 200").endsWith("{\"sensitivity\":\"internal\"}");
      assertThat(bench.done).containsExactly("judge " + text);
      bench.done.clear();
      assertThat(bench.post("/admin/playground", "{\"wrong\":\"CANARY\"}", JSON)).startsWith("HTTP/1.1 400").contains("it is no question").doesNotContain("CANARY");
      assertThat(bench.post("/admin/playground", "x".repeat((256 << 10) + 1), JSON)).startsWith("HTTP/1.1 413");
      assertThat(bench.raw("POST /admin/playground HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nContent-Length: 1x\r\n\r\nx")).startsWith("HTTP/1.1 4");
      assertThat(bench.raw("POST /admin/playground HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nContent-Length: -1\r\n\r\nx")).startsWith("HTTP/1.1 4");
      assertThat(bench.get("/admin/playground")).startsWith("HTTP/1.1 405");
      assertThat(bench.done).isEmpty();
    }
  }

  @Test
  @DisplayName("G8 a body that ends early is not judged; one that waits to be asked for is asked for")
  void partBodies() throws IOException {
    try (AdminBench bench = new AdminBench(AdminRules.DEFAULT); Socket socket = bench.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /admin/playground HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] first = socket.getInputStream().readNBytes(21);
      assertThat(new String(first, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 100 Continue");
      out.write("{\"text\":".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes().length).isLessThan(10);
      assertThat(bench.done).isEmpty();
    }
  }
}
