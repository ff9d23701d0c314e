package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord;
import io.tidegate.audit.PublicKeyText;
import io.tidegate.audit.Verifier;
import io.tidegate.audit.VerifyReport;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.record.ReceivedRequest;
import io.tidegate.line.RequestDigest;
import io.tidegate.model.Destination;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real daemon as a process, under load, really killed, again and again on the same records; the public emulator keeps what reached it. */
class G7AuditFirstIT {
  private static final Pattern TOKEN = Pattern.compile("mark-\\d+-\\d+-end");
  private static final int CLIENTS = 4;

  @TempDir Path folder;

  /** Bodies as the clients wrote them, by the mark in their text. */
  private final Map<String, String> sent = new ConcurrentHashMap<>();
  private final AtomicInteger number = new AtomicInteger();

  @Test
  @DisplayName("G7 B5 after kill -9 of the daemon at 10 random points under load every request that reached the public emulator has its record, and verify finds nothing")
  void tenPoints() throws Exception {
    kill(10, "written");
  }

  @Test
  @DisplayName("G7 the same where the policy asks for durable records")
  void durable() throws Exception {
    kill(2, "durable");
  }

  @Test
  @Tag("long")
  @DisplayName("G7 B5 the same at 200 random points")
  void twoHundredPoints() throws Exception {
    kill(200, "written");
  }

  private void kill(int points, String level) throws Exception {
    long seed = Long.getLong("tidegate.seed", 20261125);
    Random chance = new Random(seed);
    Path policies = Files.createDirectories(folder.resolve("policies"));
    String baseline = Files.readString(TestBed.root().resolve("policies/baseline.yaml"));
    Files.writeString(policies.resolve("baseline.yaml"), baseline.replaceFirst("\nspec:\n", "\nspec:\n  audit: " + level + "\n"));
    Path audit = folder.resolve("audit");
    int reached = 0;
    try (Emulator cloud = Emulator.start(EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).name("public").models(TestBed.PUBLIC_MODEL).seed(1).build())) {
      for (int point = 0; point < points; point++) {
        run(cloud, policies, audit, point, 20 + chance.nextInt(400), chance.nextInt(20));
        Set<String> marks = new HashSet<>();
        for (ReceivedRequest request : cloud.received().requests()) {
          Matcher found = TOKEN.matcher(new String(request.request().body(), StandardCharsets.UTF_8));
          while (found.find()) {
            marks.add(found.group());
          }
        }
        RequestDigest digest = new RequestDigest(derived(Files.readAllBytes(audit.resolve("root.key"))));
        Set<String> recorded = new HashSet<>();
        AuditReader.read(audit, record -> {
          if (record instanceof AuditRecord.Decided decided && decided.route().contains(Destination.PUBLIC)) {
            recorded.add(decided.bodyDigest());
          }
        });
        for (String mark : marks) {
          String body = sent.get(mark);
          assertThat(body).as("a mark that nobody sent").isNotNull();
          assertThat(recorded).as("seed %d, point %d: the record of %s, which reached the public emulator", seed, point, mark)
              .contains(HexFormat.of().formatHex(digest.of(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT))));
        }
        reached = marks.size();
        VerifyReport report = Verifier.verify(audit, List.of(PublicKeyText.parse(Files.readString(audit.resolve("audit.pub")))), List.of(), (segment, of, file) -> { });
        assertThat(report.problems()).as("seed %d, point %d", seed, point).isEmpty();
      }
    }
    assertThat(reached).isGreaterThan(points * 10);
    System.out.println("G7: kill -9 of the daemon at " + points + " points (" + level + "), " + reached + " requests at the public emulator, each with its record; 0 gaps; seed "
        + seed);
  }

  private void run(Emulator cloud, Path policies, Path audit, int point, int enough, int moreMillis) throws Exception {
    Path config = Files.writeString(folder.resolve("tidegate.yaml"), "http: {listen: '127.0.0.1:0'}\ngrpc: {listen: '127.0.0.1:0'}\nadmin: {listen: '127.0.0.1:0'}\n"
        + "policy: {directory: '" + policies + "'}\naudit: {directory: '" + audit + "'}\ncache: {enabled: false}\nupstreams:\n  - {name: public, zone: public, dialect: deepseek, basePath: /v1, models: ["
        + TestBed.PUBLIC_MODEL + "], defaultModel: " + TestBed.PUBLIC_MODEL + ", endpoints: [{address: '127.0.0.1:" + cloud.port()
        + "'}], networks: ['127.0.0.0/8'], emulated: true}\n");
    Process daemon = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), "io.tidegate.cli.Tidegate", "serve", "--config", config.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<Thread> clients = new ArrayList<>();
    AtomicBoolean killed = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    try (BufferedReader log = new BufferedReader(new java.io.InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8))) {
      int port = port(log);
      for (int i = 0; i < CLIENTS; i++) {
        Thread client = new Thread(() -> ask(port, point, killed, answered));
        clients.add(client);
        client.start();
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (answered.get() < enough && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(moreMillis);
      while (System.nanoTime() < at) {
        Thread.onSpinWait();
      }
      assertThat(answered.get()).as("answers before the kill").isGreaterThanOrEqualTo(enough);
    } finally {
      daemon.destroyForcibly();
      killed.set(true);
      daemon.waitFor(10, TimeUnit.SECONDS);
      for (Thread client : clients) {
        client.join(10_000);
      }
    }
  }

  private static int port(BufferedReader log) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher ready = Pattern.compile("ready: http (\\d+),").matcher(new ObjectMapper().readTree(line).path("formattedMessage").asText());
      if (ready.find()) {
        return Integer.parseInt(ready.group(1));
      }
    }
    throw new IOException("the daemon ended before it was ready");
  }

  private void ask(int port, int point, AtomicBoolean killed, AtomicInteger answered) {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    while (!killed.get()) {
      String mark = "mark-" + point + "-" + number.incrementAndGet() + "-end";
      String body = TestBed.body("auto", "Sort a list in Python " + mark, false);
      sent.put(mark, body);
      try {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(5)).header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          answered.incrementAndGet();
        }
      } catch (IOException gone) {
        // The daemon was killed while it answered.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** As the daemon derives the key of its digests (decisions 14): HKDF-SHA-256. */
  private static byte[] derived(byte[] root) throws GeneralSecurityException {
    byte[] info = "request-digest".getBytes(StandardCharsets.UTF_8);
    byte[] block = java.util.Arrays.copyOf(info, info.length + 1);
    block[info.length] = 1;
    return hmac(hmac(new byte[32], root), block);
  }

  private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }
}
