package io.tidegate.gguf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tidegate.policy.signature.KeyRing;
import io.tidegate.policy.signature.Signatures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

  @TempDir Path folder = Path.of("");
  private final Shelf shelf = new Shelf();
  private final KeyPair keys = pair();
  private final KeyRing ring = ring(keys, "2026-01-01", "2027-01-01", "");
  private ModelFolder models = new ModelFolder(folder);

  @BeforeEach
  void open() {
    models = new ModelFolder(folder);
  }

  /** A source in memory that can be cut off and tampered with. */
  private static final class Shelf implements Source {
    final Map<String, byte[]> files = new HashMap<>();
    final List<Long> offsets = new ArrayList<>();
    int cutAfter = Integer.MAX_VALUE;
    boolean ranges = true;

    @Override
    public byte[] small(String file, int most) throws IOException {
      byte[] bytes = files.get(file);
      if (bytes == null || bytes.length > most) {
        throw new IOException("no such file");
      }
      return bytes;
    }

    @Override
    public Part from(String file, long asked) throws IOException {
      byte[] bytes = files.get(file);
      if (bytes == null) {
        throw new IOException("no such file");
      }
      long offset = ranges ? asked : 0;
      offsets.add(offset);
      byte[] rest = Arrays.copyOfRange(bytes, (int) offset, bytes.length);
      int cut = cutAfter;
      InputStream in = new ByteArrayInputStream(rest, 0, Math.min(rest.length, cut)) {
        @Override
        public synchronized int read(byte[] to, int at, int length) {
          int count = super.read(to, at, length);
          if (count < 0 && cut < rest.length) {
            throw new java.io.UncheckedIOException(new IOException("connection lost"));
          }
          return count;
        }
      };
      return new Part(new InputStream() {
        @Override
        public int read() throws IOException {
          throw new IOException("not used");
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
          try {
            return in.read(to, at, length);
          } catch (java.io.UncheckedIOException lost) {
            throw lost.getCause();
          }
        }
      }, offset);
    }
  }

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyRing ring(KeyPair keys, String from, String until, String more) {
    String yaml = "keys:\n  - id: ops\n    publicKey: " + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()) + "\n    from: " + from
        + "\n    until: " + until + "\n" + more;
    return KeyRing.parse("ring", yaml.getBytes(StandardCharsets.UTF_8), new ArrayList<>()).orElseThrow();
  }

  private static byte[] model(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 4);
    return bytes;
  }

  private void offer(String name, int revision, byte[] content, @Nullable byte[] prefix) {
    try {
      Path file = Files.write(Files.createTempFile("m", ".gguf"), content);
      byte[] manifest = new ModelManifest(name, revision, "m.gguf", content.length, ModelFolder.sha256(file)).canonical();
      Files.delete(file);
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(prefix == null ? ModelManifest.message(manifest) : prefix);
      shelf.files.put(ModelManifest.FILE, manifest);
      shelf.files.put(ModelManifest.SIGNATURES, new Signatures(List.of(new Signatures.One("ops", signature.sign()))).text());
      shelf.files.put("m.gguf", content);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void offer(int revision, byte[] content) {
    offer("small", revision, content, null);
  }

  private Look.Found look() throws IOException, Refusal {
    return new Look(models, shelf).once(ring, TODAY);
  }

  private byte[] current() throws IOException {
    return Files.readAllBytes(folder.resolve(ModelFolder.CURRENT));
  }

  @Test
  @DisplayName("R3.5 a signed model is fetched, checked and swapped in; the next look fetches nothing")
  void takes() throws Exception {
    byte[] first = model(1, 200_000);
    offer(1, first);
    assertThat(look()).extracting(Look.Found::fetched, Look.Found::swapped).containsExactly(200_000L, true);
    assertThat(current()).isEqualTo(first);
    assertThat(look()).extracting(Look.Found::fetched, Look.Found::swapped).containsExactly(0L, false);
    byte[] second = model(2, 150_000);
    offer(2, second);
    Path mapped = folder.resolve(ModelFolder.CURRENT).toRealPath();
    assertThat(look().swapped()).isTrue();
    assertThat(current()).isEqualTo(second);
    assertThat(Files.readAllBytes(mapped)).as("the one that is still served").isEqualTo(first);
    offer(3, model(3, 100));
    look();
    try (var files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().matches(".*[0-9a-f]{64}\\.gguf"))).as("the model and the one before it").hasSize(2);
    }
  }

  @Test
  @DisplayName("R3.5 a fetch that is cut off goes on where it stopped; a source without ranges begins anew; the file is whole either way")
  void resumes() throws Exception {
    byte[] content = model(1, 300_000);
    offer(1, content);
    shelf.cutAfter = 130_000;
    assertThatThrownBy(this::look).isInstanceOf(IOException.class);
    assertThat(folder.resolve(ModelFolder.CURRENT)).doesNotExist();
    assertThatThrownBy(this::look).isInstanceOf(IOException.class);
    shelf.cutAfter = Integer.MAX_VALUE;
    assertThat(look().fetched()).isEqualTo(40_000);
    assertThat(shelf.offsets).containsExactly(0L, 130_000L, 260_000L);
    assertThat(current()).isEqualTo(content);
    byte[] next = model(2, 300_000);
    offer(2, next);
    shelf.cutAfter = 130_000;
    assertThatThrownBy(this::look).isInstanceOf(IOException.class);
    shelf.cutAfter = Integer.MAX_VALUE;
    shelf.ranges = false;
    assertThat(look().fetched()).isEqualTo(300_000);
    assertThat(current()).isEqualTo(next);
  }

  @Test
  @DisplayName("R3.5 a corrupt file is refused and thrown away, and the old model stays; so is one that is longer, and one that is no GGUF")
  void corrupt() throws Exception {
    byte[] old = model(1, 1000);
    offer(1, old);
    look();
    byte[] broken = model(2, 2000);
    offer(2, broken);
    broken[1999] ^= 1;
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    shelf.files.put("m.gguf", Arrays.copyOf(model(2, 2000), 2001));
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class).hasMessageContaining("more bytes");
    byte[] other = new byte[500];
    offer(2, other);
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    assertThat(current()).isEqualTo(old);
    try (var files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".part"))).isEmpty();
    }
    assertThat(models.accepted().orElseThrow().revision()).isEqualTo(1);
  }

  @Test
  @DisplayName("R3.5 a part that was tampered with on this host is found out by the sum")
  void tamperedPart() throws Exception {
    byte[] content = model(1, 200_000);
    offer(1, content);
    shelf.cutAfter = 70_000;
    assertThatThrownBy(this::look).isInstanceOf(IOException.class);
    try (var files = Files.list(folder)) {
      Path part = files.filter(file -> file.toString().endsWith(".part")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(part);
      bytes[10] ^= 1;
      Files.write(part, bytes);
    }
    shelf.cutAfter = Integer.MAX_VALUE;
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    assertThat(look().fetched()).isEqualTo(200_000);
  }

  @Test
  @DisplayName("R3.5 nothing of a file is fetched that nobody has signed: no signature, another's, a revoked or old key, a policy's signature")
  void unsigned() throws Exception {
    offer(1, model(1, 100));
    List<KeyRing> rings = List.of(ring(pair(), "2026-01-01", "2027-01-01", ""), ring(keys, "2026-01-01", "2026-11-24", ""),
        ring(keys, "2026-11-26", "2027-01-01", ""), ring(keys, "2026-01-01", "2027-01-01", "    revoked: true\n"),
        ring(keys, "2026-01-01", "2027-01-01", "    roles: [approve]\n"));
    for (KeyRing other : rings) {
      assertThatThrownBy(() -> new Look(models, shelf).once(other, TODAY)).isInstanceOf(Refusal.class);
    }
    byte[] manifest = shelf.files.get(ModelManifest.FILE);
    byte[] asPolicy = ("tidegate policy manifest v1\n" + new String(manifest, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    offer("small", 1, model(1, 100), asPolicy);
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    offer(1, model(1, 100));
    shelf.files.put(ModelManifest.SIGNATURES, new byte[0]);
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    shelf.files.remove(ModelManifest.SIGNATURES);
    assertThatThrownBy(this::look).isInstanceOf(IOException.class);
    assertThat(shelf.offsets).isEmpty();
  }

  @Test
  @DisplayName("R3.5 an older revision, the same with other content, and another model are refused")
  void noWayBack() throws Exception {
    offer(5, model(1, 100));
    look();
    offer(4, model(2, 100));
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class).hasMessageContaining("revision 4");
    offer(5, model(2, 100));
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    offer("other", 6, model(2, 100), null);
    assertThatThrownBy(this::look).isInstanceOf(Refusal.class);
    Files.writeString(folder.resolve("accepted.json"), "{}");
    offer(6, model(2, 100));
    assertThatThrownBy(this::look).as("a damaged memory is not an empty one").isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("R3.5 a manifest has one text: no folder in a file's name, no second form of the same content")
  void manifests() {
    byte[] good = new ModelManifest("a", 1, "m.gguf", 5, "0".repeat(64)).canonical();
    assertThat(ModelManifest.parse(good)).isPresent();
    String text = new String(good, StandardCharsets.UTF_8);
    for (String bad : List.of(text.replace("m.gguf", "../m.gguf"), text.replace("m.gguf", ".gguf"), text.replace("m.gguf", "m.bin"), text.replace(":5", ":0"),
        text.replace(":5", ":5.0"), text.replace("{", "{ "), text.strip(), text.replace("\"revision\":1", "\"revision\":0"),
        text.replace("0".repeat(64), "A".repeat(64)), text.replace("}", ",\"x\":1}"), "", "[]")) {
      assertThat(ModelManifest.parse(bad.getBytes(StandardCharsets.UTF_8))).as(bad).isEmpty();
    }
  }

  @Test
  @DisplayName("R3.5 looks are an hour apart, give or take a tenth; after a cut they come sooner, never later than the hour")
  void schedule() {
    Schedule schedule = new Schedule(Duration.ofHours(1));
    Random random = new Random(3);
    double least = Double.MAX_VALUE;
    double most = 0;
    for (int i = 0; i < 10_000; i++) {
      double minutes = schedule.next(0, random).toNanos() / 60e9;
      least = Math.min(least, minutes);
      most = Math.max(most, minutes);
    }
    assertThat(least).isBetween(54.0, 54.2);
    assertThat(most).isBetween(65.8, 66.0);
    assertThat(schedule.next(1, random)).isBetween(Duration.ofMillis(13_500), Duration.ofMillis(16_500));
    assertThat(schedule.next(100, random)).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(66));
  }

  @Test
  @DisplayName("R3.5 over HTTP: ranges are used, redirects are not followed, and only private addresses are asked")
  void http() throws Exception {
    byte[] content = model(1, 100_000);
    offer(1, content);
    List<String> ranges = new ArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/models/", exchange -> {
      String file = exchange.getRequestURI().getPath().substring("/models/".length());
      byte[] bytes = shelf.files.get(file);
      String range = exchange.getRequestHeaders().getFirst("Range");
      if (file.endsWith(".gguf")) {
        ranges.add(String.valueOf(range));
      }
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
      if (range != null) {
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
      }
      exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
      try (OutputStream out = exchange.getResponseBody()) {
        // The first time it stalls on the way.
        out.write(bytes, from, ranges.size() == 1 && file.endsWith(".gguf") ? 30_000 : bytes.length - from);
      } catch (IOException cut) {
        exchange.close();
      }
    });
    server.createContext("/moved/", exchange -> {
      exchange.getResponseHeaders().set("Location", "/models/" + ModelManifest.FILE);
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
    });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      Look first = new Look(models, new HttpSource(URI.create(base + "/models/"), Duration.ofSeconds(3)));
      assertThatThrownBy(() -> first.once(ring, TODAY)).isInstanceOf(IOException.class);
      assertThat(ranges).as("it was the model that was cut").isNotEmpty();
      Look.Found found = new Look(models, new HttpSource(URI.create(base + "/models/"))).once(ring, TODAY);
      assertThat(found.swapped()).isTrue();
      assertThat(current()).isEqualTo(content);
      assertThat(ranges.get(0)).isEqualTo("null");
      assertThat(ranges.get(ranges.size() - 1)).startsWith("bytes=");
      assertThatThrownBy(() -> new HttpSource(URI.create(base + "/moved/")).small(ModelManifest.FILE, 4096)).hasMessageContaining("302");
    } finally {
      server.stop(0);
    }
    assertThat(HttpSource.isPrivate(InetAddress.getByName("10.1.2.3"))).isTrue();
    assertThat(HttpSource.isPrivate(InetAddress.getByName("fd00::1"))).isTrue();
    for (String outside : List.of("8.8.8.8", "169.254.169.254", "fe80::1", "2001:db8::1", "0.0.0.0")) {
      assertThat(HttpSource.isPrivate(InetAddress.getByName(outside))).as(outside).isFalse();
    }
    assertThatThrownBy(() -> new HttpSource(URI.create("http://8.8.8.8/")).small("x", 1)).hasMessageContaining("private zone");
  }
}
