package io.tidegate.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real Chromium, by the W3C's WebDriver protocol: CHROMIUM_BINARY and CHROMEDRIVER_BINARY, or what script/lib/chromium.sh installed. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process driver;
  private final Path profile;
  private final URI session;

  private Browser(Process driver, int port, Path profile, List<String> more) throws IOException {
    this.driver = driver;
    this.profile = profile;
    ObjectNode options = JSON.createObjectNode().put("binary", binary("CHROMIUM_BINARY", "chromium").toString());
    ArrayNode arguments = options.putArray("args");
    List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-sync",
        "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb", "--window-size=1360,900", "--user-data-dir=" + profile).forEach(arguments::add);
    more.forEach(arguments::add);
    ObjectNode wished = JSON.createObjectNode();
    ObjectNode always = wished.putObject("capabilities").putObject("alwaysMatch").put("browserName", "chrome");
    always.set("goog:chromeOptions", options);
    always.putObject("goog:loggingPrefs").put("browser", "ALL");
    JsonNode made = send("POST", URI.create("http://127.0.0.1:" + port + "/session"), wished);
    this.session = URI.create("http://127.0.0.1:" + port + "/session/" + made.path("sessionId").asText());
  }

  /** @param more arguments of the browser */
  static Browser start(String... more) throws IOException {
    Path profile = Files.createTempDirectory("tidegate-browser");
    Process driver = new ProcessBuilder(binary("CHROMEDRIVER_BINARY", "chromedriver").toString(), "--port=0").redirectErrorStream(true).start();
    try {
      BufferedReader says = new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
      List<String> said = new ArrayList<>();
      for (String line = says.readLine(); line != null; line = says.readLine()) {
        said.add(line);
        Matcher port = PORT.matcher(line);
        if (port.find()) {
          drain(says);
          return new Browser(driver, Integer.parseInt(port.group(1)), profile, List.of(more));
        }
      }
      throw new IOException("chromedriver did not start: " + said);
    } catch (IOException | RuntimeException failed) {
      driver.destroyForcibly();
      throw failed;
    }
  }

  private static void drain(BufferedReader says) {
    Thread reader = new Thread(() -> says.lines().forEach(line -> { }), "chromedriver-output");
    reader.setDaemon(true);
    reader.start();
  }

  private static Path binary(String variable, String name) {
    String set = System.getenv(variable);
    Path path = Path.of(set == null ? "/usr/bin/" + name : set);
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException("there is no " + name + ": run script/lib/chromium.sh, or set " + variable);
    }
    return path;
  }

  void open(String address) {
    command("POST", "/url", JSON.createObjectNode().put("url", address));
  }

  /** What a script's {@code return} gives; it may be a promise's value. */
  JsonNode run(String script, Object... arguments) {
    ObjectNode body = JSON.createObjectNode().put("script", script);
    body.set("args", JSON.valueToTree(arguments));
    return command("POST", "/execute/sync", body);
  }

  /** Waits until a script says true. */
  void await(String what, String script, Object... arguments) {
    until(what + " (" + script + ")", () -> run(script, arguments).asBoolean());
  }

  static void until(String what, BooleanSupplier condition) {
    long since = System.nanoTime();
    for (int looks = 1; !condition.getAsBoolean(); looks++) {
      if (System.nanoTime() - since > PATIENCE_NANOS && looks >= 100) {
        throw new AssertionError("not within its time: " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  void click(String css) {
    command("POST", "/element/" + find(css) + "/click", JSON.createObjectNode());
  }

  void type(String css, String text) {
    command("POST", "/element/" + find(css) + "/value", JSON.createObjectNode().put("text", text));
  }

  private String find(String css) {
    return command("POST", "/element", JSON.createObjectNode().put("using", "css selector").put("value", css)).elements().next().asText();
  }

  /** Presses keys as a person does, wherever the focus is. */
  void press(String... keys) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode source = body.putArray("actions").addObject().put("type", "key").put("id", "keyboard");
    ArrayNode actions = source.putArray("actions");
    for (String key : keys) {
      actions.addObject().put("type", "keyDown").put("value", key);
      actions.addObject().put("type", "keyUp").put("value", key);
    }
    command("POST", "/actions", body);
  }

  /** A command of Chromium's own protocol. */
  JsonNode devtools(String name, ObjectNode parameters) {
    ObjectNode body = JSON.createObjectNode().put("cmd", name);
    body.set("params", parameters);
    return command("POST", "/goog/cdp/execute", body);
  }

  void prefers(String scheme) {
    ObjectNode media = JSON.createObjectNode();
    media.putArray("features").addObject().put("name", "prefers-color-scheme").put("value", scheme);
    devtools("Emulation.setEmulatedMedia", media);
  }

  void size(int width, int height) {
    devtools("Emulation.setDeviceMetricsOverride", JSON.createObjectNode().put("width", width).put("height", height).put("deviceScaleFactor", 1).put("mobile", false));
  }

  byte[] picture() {
    return Base64.getDecoder().decode(command("GET", "/screenshot", null).asText());
  }

  /** What the browser's console said since it was last asked: errors, warnings and what a policy stopped. */
  List<String> console() {
    List<String> lines = new ArrayList<>();
    command("POST", "/se/log", JSON.createObjectNode().put("type", "browser"))
        .forEach(line -> lines.add(line.path("level").asText() + " " + line.path("message").asText()));
    return lines;
  }

  private JsonNode command(String method, String path, JsonNode body) {
    try {
      return send(method, URI.create(session + path), body);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private JsonNode send(String method, URI address, JsonNode body) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60)).header("content-type", "application/json")
        .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.toString())).build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode value = JSON.readTree(answer.body()).path("value");
      if (answer.statusCode() != 200) {
        throw new IOException(address.getPath() + ": " + value.path("error").asText() + ": " + value.path("message").asText());
      }
      return value;
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IOException(hurried);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      send("DELETE", session, null);
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
      driver.onExit().join();
      try (Stream<Path> files = Files.walk(profile)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException late) {
        // A profile in the temporary folder that is still being written: nothing of the test's.
      }
    }
  }
}
