package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.admission.Callers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The admin page in a real Chromium, over a daemon with live traffic: every view, its numbers against {@code /metrics}, its looks in both themes, and what pages
 * of other origins and names can do, which is nothing.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdminPageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OPERATOR_KEY = "tgk_operator-of-the-page-test-0123456789abcdef";
  private static final String CALLER_KEY = "tgk_caller-of-the-page-test-0123456789abcdef";
  private static final String EVIL = "<img src=x onerror=\"window.stolen=1\"><script>window.stolen=1</script>";
  private static final List<String> VIEWS = List.of("flows", "upstreams", "limits", "cache", "policy", "decisions", "playground", "config", "log");
  private static final int MOST_BYTES = 80 << 10;

  @TempDir private static Path folder;
  private static TestBed bed;
  private static Browser browser;
  private static Traffic traffic;

  @BeforeAll
  static void start() throws IOException {
    Path operators = Files.writeString(folder.resolve("operators"), "operators:alice:" + Callers.hashOf(OPERATOR_KEY) + "\n");
    Path callers = Files.writeString(folder.resolve("callers"), "ward-a:nurse:" + Callers.hashOf(CALLER_KEY) + "\n");
    bed = TestBed.builder().section("admin", "{listen: '127.0.0.1:0', operators: '" + operators + "'}").section("callers", "{keysFile: '" + callers + "'}")
        .section("limits", "{tenants: [{tenant: ward-a, requestsPerSecond: 1000}]}")
        .upstream("{name: spare, zone: private, dialect: vllm, basePath: /v1, models: [spare-1], defaultModel: spare-1, endpoints: [{address: '127.0.0.1:9'}]}").start();
    traffic = new Traffic();
    browser = Browser.start("--host-resolver-rules=MAP evil.example 127.0.0.1");
  }

  @AfterAll
  static void stop() throws IOException {
    try {
      traffic.close();
      browser.close();
    } finally {
      bed.close();
    }
  }

  private static String page() {
    return "http://127.0.0.1:" + bed.daemon.adminPort() + "/";
  }

  /** Requests of several kinds, one after the other, until it is closed. */
  private static final class Traffic implements AutoCloseable {
    private final AtomicBoolean on = new AtomicBoolean(true);
    private final AtomicInteger asked = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();

    Traffic() {
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(this::ask, "traffic-" + i);
        thread.start();
        threads.add(thread);
      }
    }

    private void ask() {
      while (on.get()) {
        try {
          ask(asked.incrementAndGet());
        } catch (java.io.UncheckedIOException slow) {
          // A machine that is too busy to answer within its time: the page counts that one, too.
        }
        java.util.concurrent.locks.LockSupport.parkNanos(15_000_000);
      }
    }

    private static void ask(int n) {
      switch (n % 7) {
        case 0 -> bed.chat("auto", "patient with id 11010519491231002X, number " + n, false);
        case 1 -> bed.chat("auto", "the same question", false);
        case 2 -> bed.chat("auto", "question " + n, true, "x-tidegate-latency-class", "interactive");
        case 3 -> bed.chat(TestBed.PRIVATE_MODEL, "question " + n, false, "authorization", "Bearer " + CALLER_KEY);
        case 4 -> bed.chat("auto", "question " + n, false, "x-tidegate-sensitivity", "confidential");
        case 5 -> bed.chat(EVIL, "a model with a strange name", false);
        default -> bed.chat("auto", "question " + n, false, "x-tidegate-latency-class", "batch");
      }
    }

    @Override
    public void close() {
      on.set(false);
      threads.forEach(thread -> {
        try {
          thread.join();
        } catch (InterruptedException hurried) {
          Thread.currentThread().interrupt();
        }
      });
    }
  }

  private static void show(String view) {
    browser.click("nav a[href='#/" + view + "']");
    browser.await(view + " shows", "return document.querySelector('nav a[aria-current]').getAttribute('href') === '#/' + arguments[0]", view);
  }

  @Test
  @Order(1)
  @DisplayName("issue 7, 4: every view shows live figures, is reached by clicking, and says nothing on the console")
  void everyView() {
    browser.open(page());
    browser.await("live", "return document.querySelector('#health .badge') && document.querySelector('#health').textContent.startsWith('Ready')");
    assertThat(browser.run("return location.pathname").asText()).isEqualTo("/admin/ui/");
    for (String view : VIEWS) {
      show(view);
      browser.await(view + " has a heading", "return document.querySelectorAll('main h1').length === 1 && document.querySelectorAll('main h2').length > 0");
      assertThat(browser.run("return document.activeElement.id").asText()).as("focus after opening " + view).isEqualTo("view");
    }
    show("decisions");
    browser.await("decisions come", "return document.querySelectorAll('main tbody tr').length >= 20");
    // Rows move while requests come, and a click would meet another.
    browser.click("main button[aria-pressed=false]");
    browser.await("it pauses", "return document.querySelector('main button[aria-pressed=true]') !== null");
    browser.click("main tbody tr:nth-child(10) button");
    browser.await("the reason", "return document.querySelector('dialog[open] pre')?.textContent.includes('policy')");
    assertThat(browser.run("return document.querySelector('dialog[open] pre').textContent").asText()).contains("join");
    browser.press("\uE00C");
    browser.await("Escape closes", "return !document.querySelector('dialog[open]')");
    browser.click("main button[aria-pressed=true]");
    show("upstreams");
    browser.await("the dead endpoint says why", "return document.querySelector('main').textContent.includes('left out after')");
    show("config");
    browser.await("the configuration", "return document.querySelectorAll('main tbody tr').length > 100");
    assertThat(browser.run("return document.querySelector('main').textContent").asText()).contains("secret, not shown").doesNotContain(Callers.hashOf(OPERATOR_KEY))
        .doesNotContain(Callers.hashOf(CALLER_KEY));
    assertThat(errors()).isEmpty();
  }

  private static List<String> errors() {
    return browser.console().stream().filter(line -> !line.startsWith("INFO") && !line.startsWith("DEBUG")).toList();
  }

  @Test
  @Order(2)
  @DisplayName("issue 7, 4: the playground says what would be decided, echoes nothing, and leaves no trace")
  void playground() throws IOException {
    traffic.close();
    String secret = "qzvplaygroundcanary 11010519491231002X";
    double before = settled();
    show("playground");
    browser.type("#typed", secret + " " + EVIL);
    browser.click("main button[type=submit]");
    browser.await("a verdict", "return document.querySelector('.verdict') && document.querySelector('.verdict').textContent.startsWith('Restricted')");
    String result = browser.run("return document.querySelector('main').textContent").asText();
    assertThat(result).contains("CN_ID").contains("Private").doesNotContain("qzvplaygroundcanary");
    assertThat(requests(bed.admin("/metrics"))).as("counted as nothing").isEqualTo(before);
    try (Stream<Path> files = Files.walk(bed.directory.resolve("audit"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("qzvplaygroundcanary");
      }
    }
    assertThat(browser.run("return window.stolen || 0").asInt()).isZero();
    assertThat(errors()).isEmpty();
  }

  /** Requests that were counted, once two looks see the same: a request is counted a moment after its answer. */
  private static double settled() {
    double[] seen = {-1};
    Browser.until("every request is counted", () -> {
      java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
      double before = seen[0];
      seen[0] = requests(bed.admin("/metrics"));
      return seen[0] == before;
    });
    return seen[0];
  }

  private static double requests(String metrics) {
    return metrics.lines().filter(line -> line.startsWith("tidegate_requests_total{") || line.startsWith("tidegate_decisions_total{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
  }

  @Test
  @Order(3)
  @DisplayName("issue 7, 4: once traffic rests, the page's numbers are those of /metrics")
  void numbers() throws IOException {
    traffic.close();
    show("flows");
    List<String> rows = List.of("restricted", "confidential", "internal", "public");
    List<String> columns = List.of("edge_cache", "private", "public", "none");
    int sum = 0;
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < columns.size(); column++) {
        int expected = (int) bed.metric("tidegate_requests_total", "sensitivity=\"" + rows.get(row) + "\"", "destination=\"" + columns.get(column) + "\"");
        String cell = "document.querySelectorAll('main .panel:first-of-type tbody tr')[" + row + "].cells[" + (1 + 2 * column) + "].textContent.replace(/\\D/g, '')";
        browser.await(rows.get(row) + " to " + columns.get(column) + " is " + expected, "return Number(" + cell + ") === arguments[0]", expected);
        sum += expected;
      }
    }
    assertThat(sum).as("requests there were").isGreaterThan(100);
    for (String latency : List.of("interactive", "standard", "batch")) {
      int expected = (int) bed.metric("tidegate_requests_total", "latency_class=\"" + latency + "\"", "destination=\"private\"");
      browser.await(latency + " to private is " + expected, "return [...document.querySelectorAll('.pair tbody tr')].some(row => row.cells[0].textContent.toLowerCase() === arguments[0]"
          + " && Number(row.cells[2].textContent.replace(/\\D/g, '')) === arguments[1])", latency, expected);
      assertThat(expected).as(latency).isGreaterThanOrEqualTo(latency.equals("batch") ? 0 : 1);
    }
    show("policy");
    int restricted = (int) bed.metric("tidegate_decisions_total", "rule=\"cn-id\"");
    browser.await("decided by cn-id " + restricted, "return [...document.querySelectorAll('main tbody tr')].some(row => row.cells[0].textContent === 'cn-id'"
        + " && Number(row.cells[1].textContent.replace(/\\D/g, '')) === arguments[0])", restricted);
    show("cache");
    int entries = (int) bed.metric("tidegate_cache_entries");
    browser.await("entries are " + entries, "return Number(document.querySelector('.tile .value').textContent.replace(/\\D/g, '')) === arguments[0]", entries);
    JsonNode upstreams = JSON.readTree(bed.admin("/admin/upstreams")).path("upstreams");
    for (JsonNode upstream : upstreams) {
      double attempts = 0;
      for (JsonNode count : upstream.path("attempts")) {
        attempts += count.asDouble();
      }
      assertThat(attempts).as("attempts at " + upstream.path("name").asText())
          .isEqualTo(bed.metric("tidegate_attempts_total", "upstream=\"" + upstream.path("name").asText() + "\""));
    }
  }

  @Test
  @Order(4)
  @DisplayName("issue 7, 4: the page is small, and nothing of it comes from elsewhere")
  void size() {
    browser.open(page());
    browser.await("live", "return document.querySelector('#health').textContent.startsWith('Ready')");
    JsonNode loaded = browser.run("return Promise.all(performance.getEntriesByType('resource').filter(e => !e.name.includes('/admin/events'))"
        + ".map(async e => [e.name, (await (await fetch(e.name, {cache: 'reload'})).arrayBuffer()).byteLength]))");
    int bytes = browser.run("return performance.getEntriesByType('navigation')[0].decodedBodySize").asInt();
    for (JsonNode entry : loaded) {
      assertThat(entry.get(0).asText()).startsWith(page());
      bytes += entry.get(1).asInt();
    }
    assertThat(loaded.size()).isGreaterThan(10);
    assertThat(bytes).isBetween(20_000, MOST_BYTES);
  }

  @Test
  @Order(5)
  @DisplayName("issue 7, 4: every visible text has the contrast of WCAG AA in both themes, and wide and narrow, the page does not scroll sideways")
  void contrast() throws IOException {
    String script = Files.readString(TestBed.root().resolve("router-lab/src/test/resources/page/contrast.js"));
    for (String scheme : List.of("light", "dark")) {
      browser.prefers(scheme);
      for (String view : VIEWS) {
        show(view);
        JsonNode found = browser.run(script);
        assertThat(found.path("texts").asInt()).as("texts of " + view).isGreaterThan(15);
        assertThat(found.path("low").toString()).as(view + " in " + scheme).isEqualTo("[]");
        assertThat(found.path("scheme").asText()).isEqualTo(scheme);
      }
    }
    browser.size(390, 844);
    for (String view : VIEWS) {
      show(view);
      assertThat(browser.run("return document.documentElement.scrollWidth - innerWidth").asInt()).as("sideways in " + view).isLessThanOrEqualTo(0);
    }
    browser.size(1360, 900);
    browser.run("document.getElementById('theme').value = 'light'; document.getElementById('theme').dispatchEvent(new Event('change'))");
    assertThat(browser.run("return document.documentElement.dataset.theme").asText()).as("the switch is stronger than the system").isEqualTo("light");
    browser.run("document.getElementById('theme').value = ''; document.getElementById('theme').dispatchEvent(new Event('change'))");
  }

  @Test
  @Order(6)
  @DisplayName("issue 7, 4: everything is reached with the keyboard, has a name, and shows where the focus is")
  void keyboard() {
    for (String view : VIEWS) {
      show(view);
      JsonNode wanted = browser.run("return [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex=\"0\"]')].filter(e => e.checkVisibility() && !e.disabled).length");
      // What a page focuses by itself, as it shows another view, is no stop of Tab, and may come late.
      browser.run("document.activeElement.blur(); window.reached = new Set(); window.unseen = []; window.nameless = [];"
          + "if (!window.listens) window.listens = document.addEventListener('focusin', e => { const at = e.target; if (at.tabIndex < 0) return; window.reached.add(at); const style = getComputedStyle(at);"
          + "if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) window.unseen.push(at.outerHTML.slice(0, 80));"
          + "const name = at.getAttribute('aria-label') || (at.labels && at.labels.length ? at.labels[0].textContent : at.textContent);"
          + "if (!name.trim()) window.nameless.push(at.outerHTML.slice(0, 80)); }) || true");
      String[] tabs = new String[wanted.asInt() + 2];
      java.util.Arrays.fill(tabs, "\uE004");
      browser.press(tabs);
      // Of a group of radio buttons Tab reaches one; arrows the others.
      int radios = browser.run("return document.querySelectorAll('main input[type=radio]').length").asInt();
      assertThat(browser.run("return window.reached.size").asInt()).as("reached in " + view).isGreaterThanOrEqualTo(wanted.asInt() - Math.max(0, radios - 1));
      assertThat(browser.run("return window.unseen").toString()).as("without a ring in " + view).isEqualTo("[]");
      assertThat(browser.run("return window.nameless").toString()).as("without a name in " + view).isEqualTo("[]");
    }
    JsonNode marks = browser.run("return ['header', 'nav[aria-label]', 'main', 'h1', '#health[aria-live=polite]', 'a.skip'].filter(each => !document.querySelector(each))");
    assertThat(marks.toString()).as("landmarks that are missing").isEqualTo("[]");
    assertThat(browser.run("return [...document.querySelectorAll('table')].filter(t => !t.caption || !t.tHead).length").asInt()).isZero();
  }

  private static String level() throws IOException {
    return JSON.readTree(bed.admin("/admin/log")).path("log").path("level").asText();
  }

  @Test
  @Order(7)
  @DisplayName("D8 an act takes an operator's key; with it the log level changes, and the key is in no store")
  void acts() throws IOException {
    show("log");
    String before = level();
    String other = before.equals("error") ? "info" : "error";
    browser.click("input[value=" + other + "]");
    browser.click("main .row button");
    browser.await("a key is asked for", "return document.querySelector('dialog[open] #key') !== null");
    assertThat(level()).isEqualTo(before);
    browser.type("#key", "tgk_wrong");
    browser.click("dialog[open] button[type=submit]");
    browser.click("main .row button");
    browser.await("a wrong key is none", "return document.querySelector('dialog[open] #key') !== null");
    assertThat(level()).isEqualTo(before);
    browser.type("#key", OPERATOR_KEY);
    browser.click("dialog[open] button[type=submit]");
    browser.click("main .row button");
    browser.await("done", "return document.querySelector('main .outcome').textContent === `It is ${arguments[0]} now.`", other);
    assertThat(level()).isEqualTo(other);
    browser.run("document.querySelector(`input[value=${arguments[0]}]`).click()", before);
    browser.click("main .row button");
    browser.await("and back", "return document.querySelector('main .outcome').textContent === `It is ${arguments[0]} now.`", before);
    show("policy");
    browser.click("main .row button");
    browser.await("reloaded", "return document.querySelector('main .outcome').textContent.startsWith('unchanged')");
    show("cache");
    browser.click("main .row button");
    browser.await("purged", "return document.querySelector('main .outcome').textContent.startsWith('Removed')");
    assertThat(bed.metric("tidegate_cache_entries")).isZero();
    assertThat(browser.run("return JSON.stringify([localStorage, sessionStorage, document.cookie])").asText()).doesNotContain(OPERATOR_KEY);
    errors();
  }

  @Test
  @Order(8)
  @DisplayName("D8 a page of another origin, and one that rebinds its name, read nothing and change nothing")
  void otherOrigins() throws IOException {
    HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext("/", exchange -> {
      byte[] html = "<!doctype html><title>other</title><body>".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "text/html");
      exchange.sendResponseHeaders(200, html.length);
      exchange.getResponseBody().write(html);
      exchange.close();
    });
    other.start();
    try {
      double reloads = bed.metric("tidegate_policy_reloads_total");
      String before = level();
      for (String host : List.of("127.0.0.1", "localhost")) {
        browser.open("http://" + host + ":" + other.getAddress().getPort() + "/");
        JsonNode seen = browser.run("return (async function() {" + Files.readString(TestBed.root().resolve("router-lab/src/test/resources/page/attack.js"))
            + "}).apply(null, arguments)", page(), OPERATOR_KEY);
        assertThat(seen.path("read").toString()).as("read from " + host).isEqualTo("[]");
        assertThat(seen.path("tried").asInt()).isGreaterThan(10);
      }
      assertThat(bed.metric("tidegate_policy_reloads_total")).isEqualTo(reloads);
      assertThat(level()).isEqualTo(before);
      browser.open("http://evil.example:" + bed.daemon.adminPort() + "/admin/ui/");
      assertThat(browser.run("return document.body.textContent").asText()).contains("not served here");
      assertThat(browser.run("return fetch('/admin/status').then(a => a.status)").asInt()).isEqualTo(403);
      assertThat(browser.run("return fetch('/admin/policy/reload', {method: 'POST'}).then(a => a.status)").asInt()).isEqualTo(403);
    } finally {
      other.stop(0);
    }
    errors();
  }

  @Test
  @Order(9)
  @DisplayName("issue 7, 4: script in any text of any document stays text")
  void scriptInTexts() throws Exception {
    byte[] snapshot = JSON.writeValueAsBytes(HostilePages.hostile(JSON.readTree(snapshot()), EVIL));
    try (HostilePages pages = HostilePages.start(snapshot, JSON.writeValueAsBytes(HostilePages.hostile(JSON.readTree(bed.admin("/admin/config")), EVIL)), EVIL)) {
      browser.open("http://127.0.0.1:" + pages.port() + "/admin/ui/");
      browser.await("live", "return document.querySelector('#health').textContent.startsWith('Ready')");
      for (String view : VIEWS) {
        show(view);
        if (List.of("upstreams", "limits", "policy", "decisions", "config").contains(view)) {
          browser.await(view + " shows it as text", "return document.querySelector('main').textContent.includes('<img src=x onerror')");
        }
      }
      show("decisions");
      browser.click("main tbody tr button");
      browser.await("the reason as text", "return document.querySelector('dialog[open] pre')?.textContent.includes('<script>')");
      browser.run("document.querySelector('dialog[open]').close()");
      show("playground");
      browser.type("#typed", EVIL);
      browser.click("main button[type=submit]");
      browser.await("a verdict", "return document.querySelector('main').textContent.includes('<script>window')");
      assertThat(browser.run("return window.stolen || 0").asInt()).isZero();
      assertThat(browser.run("return document.querySelectorAll('main img, main script, main iframe, dialog img').length").asInt()).isZero();
      assertThat(browser.run("try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (stopped) { return stopped.name; }").asText()).isEqualTo("TypeError");
      assertThat(browser.run("try { document.body.setAttribute('onclick', 'window.stolen=1'); return 'made'; } catch (stopped) { return stopped.name; }").asText())
          .as("an inline handler").isEqualTo("TypeError");
    }
    errors();
  }

  private static String snapshot() throws IOException {
    try (var stream = java.net.URI.create(page() + "admin/events").toURL().openStream()) {
      StringBuilder text = new StringBuilder();
      byte[] chunk = new byte[8192];
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        text.append(new String(chunk, 0, n, StandardCharsets.UTF_8));
        int end = text.indexOf("\n\n");
        if (end >= 0) {
          return text.substring(text.indexOf("data: ") + 6, end);
        }
      }
      throw new IOException("the stream ended");
    }
  }

  @Test
  @Order(0)
  @DisplayName("issue 7, 4: pictures for the docs can be taken (kept with -Dtidegate.pictures)")
  void pictures() throws IOException {
    String keep = System.getProperty("tidegate.pictures");
    browser.open(page());
    browser.size(keep == null ? 1360 : 1240, keep == null ? 900 : 780);
    browser.await("some traffic", "return document.querySelector('.tile .value') && document.querySelector('.tile .value').textContent !== '0/s' && document.querySelector('.tile .value').textContent !== '–'");
    if (keep == null) {
      assertThat(browser.picture().length).isGreaterThan(10_000);
      return;
    }
    java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(12).toNanos());
    for (String scheme : List.of("light", "dark")) {
      browser.prefers(scheme);
      for (String view : VIEWS) {
        show(view);
        if (view.equals("playground")) {
          browser.run("document.querySelector('#typed').value = ''");
          browser.type("#typed", "Please draft a letter for the patient Wang Wei, identity card 11010519491231002X, about the test results.");
          browser.click("main button[type=submit]");
          browser.await("a verdict", "return document.querySelector('.verdict').textContent.length > 5");
        }
        browser.run("scrollTo(0, arguments[0])", view.equals("upstreams") ? 400 : 0);
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(1200).toNanos());
        Files.write(Path.of(keep).resolve("admin-" + view + "-" + scheme + ".png"), browser.picture());
      }
    }
    browser.size(390, 844);
    show("flows");
    Files.write(Path.of(keep).resolve("admin-narrow.png"), browser.picture());
    browser.size(1360, 900);
  }
}
