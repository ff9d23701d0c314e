package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.fake.Recorded;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two versions on one shared cache, and a snapshot of another version: what does not fit is a miss, nothing else. The older version's bytes are real. */
class CacheSkewTest {
  private static final Instant THEN = Instant.parse("2026-11-25T20:00:00Z");
  private static final Key KEY = Answers.key("ward", Sensitivity.INTERNAL, "one");
  private static final JsonText BODY = Answers.body("one");

  @TempDir Path folder;
  private final FakeLoop loop = new FakeLoop();
  private final FakeFarStore far = new FakeFarStore();
  private final Sealing sealing = new Sealing(key(), new byte[] {1});

  private static byte[] key() {
    byte[] key = new byte[32];
    key[0] = 1;
    return key;
  }

  /** Writes what this version leaves, to be kept for later ones. */
  public static void main(String[] to) throws IOException {
    FakeLoop time = new FakeLoop();
    ExactCache cache = new ExactCache(1 << 20, time);
    Stored stored = Answers.stored("ward", "m", "answer one", time.nanos());
    cache.put(KEY, BODY, stored);
    new Snapshot(Path.of(to[0]).resolve("snapshot"), key(), new byte[] {1}, () -> THEN).write(cache);
    new PurgeNotes(Path.of(to[0]).resolve("purges"), key()).add(new Purge("ward", "m", null, 7L), THEN.toEpochMilli());
    Sealing sealing = new Sealing(key(), new byte[] {1});
    String name = sealing.name(KEY, BODY);
    Files.write(Path.of(to[0]).resolve("shared." + name), sealing.seal(name, KEY, stored.origin(), Packing.pack(stored, 0, THEN.toEpochMilli())).bytes());
  }

  private LayeredCache daemon() {
    return new LayeredCache(new ExactCache(1 << 20, loop), far, sealing, () -> THEN.plusNanos(loop.nanos()), Duration.ofMillis(2).toNanos());
  }

  private @Nullable Stored find(LayeredCache in) {
    List<Optional<Stored>> found = new ArrayList<>();
    in.find(KEY, BODY, loop, stored -> found.add(Optional.ofNullable(stored)));
    loop.run();
    loop.advance(Duration.ofMillis(2).toNanos());
    assertThat(found).as("asked once, answered once").hasSize(1);
    return found.get(0).orElse(null);
  }

  /** Another tenant's answer, in a version's form that is like this one's in all but its number: read as this one's, it would be a wrong answer. */
  private static byte[] packed(String text) {
    return Packing.pack(Answers.stored("ward", "m", text, 0), 0, THEN.toEpochMilli());
  }

  /** Sealed as {@link Sealing} does, but for the version's octet. */
  private static Sealed sealed(int version, String name, byte[] plain) throws GeneralSecurityException {
    byte[] head = new byte[Sealing.HEAD_BYTES];
    head[0] = (byte) version;
    byte[] nonce = new byte[12];
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] entry = mac(mac(key(), "entries".getBytes(StandardCharsets.UTF_8)), name.getBytes(StandardCharsets.UTF_8));
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(entry, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(head);
    cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
    byte[] body = cipher.doFinal(plain);
    return Sealed.found(ByteBuffer.allocate(head.length + nonce.length + body.length).put(head).put(nonce).put(body).array());
  }

  private static byte[] mac(byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }

  @Test
  @DisplayName("G4 skew: an older version's shared entry is a miss, under its name and under ours; ours stands beside it and is found")
  void olderEntry() throws IOException {
    Path recorded;
    try (Stream<Path> files = Files.list(Recorded.copy("cache", folder))) {
      recorded = files.filter(file -> file.getFileName().toString().startsWith("shared.")).findFirst().orElseThrow();
    }
    String itsName = recorded.getFileName().toString().substring("shared.".length());
    String ourName = sealing.name(KEY, BODY);
    Sealed its = Sealed.found(Files.readAllBytes(recorded));
    assertThat(ourName).as("names say the form").isNotEqualTo(itsName).hasSameSizeAs(itsName);
    far.entries.put(itsName, its);
    assertThat(find(daemon())).isNull();
    far.entries.put(ourName, its);
    LayeredCache cache = daemon();
    assertThat(find(cache)).isNull();
    assertThat(cache.shared().foreign()).isEqualTo(1);
    cache.put(KEY, BODY, Answers.stored("ward", "m", "ours", loop.nanos()));
    assertThat(Answers.text(Objects.requireNonNull(find(daemon())))).isEqualTo("ours");
    assertThat(far.entries).containsEntry(itsName, its);
  }

  @Test
  @DisplayName("G4 skew: a newer version's entry is a miss in whatever it differs, even one sealed with our key under our name; nothing fails, and nothing opens the breaker")
  void newerEntry() throws GeneralSecurityException {
    String name = sealing.name(KEY, BODY);
    byte[] right = packed("one");
    byte[] form = packed("wrong");
    form[0] = 2;
    byte[] longer = java.util.Arrays.copyOf(packed("wrong"), packed("wrong").length + 4);
    List<Sealed> entries = List.of(sealed(2, name, packed("wrong")), sealed(255, name, packed("wrong")), sealed(0, name, packed("wrong")), sealed(1, name, form),
        sealed(1, name, longer), sealed(1, name, new byte[0]), Sealed.found(new byte[0]), Sealed.found(new byte[] {2}), Sealed.found("{\"v\":2}".getBytes(StandardCharsets.UTF_8)));
    LayeredCache cache = daemon();
    for (int round = 0; round < 5; round++) {
      for (Sealed entry : entries) {
        far.entries.put(name, entry);
        assertThat(find(cache)).isNull();
      }
    }
    assertThat(cache.shared().foreign()).as("what does not open; three open and are of another form inside").isEqualTo(5L * (entries.size() - 3));
    assertThat(cache.shared().failed()).isZero();
    far.entries.put(name, sealed(1, name, right));
    assertThat(Answers.text(Objects.requireNonNull(find(cache)))).as("negative control: in our form it opens").isEqualTo("one");
  }

  @Test
  @DisplayName("G4 skew: a purge removes another version's entries with those that fit: it cannot tell whose they are")
  void purgeOfOthers() throws GeneralSecurityException {
    far.entries.put("theirs", sealed(2, "theirs", packed("wrong")));
    far.entries.put("short", Sealed.found(new byte[] {2, 7}));
    LayeredCache cache = daemon();
    cache.put(KEY, BODY, Answers.stored("ward", "m", "ours", loop.nanos()));
    Key other = Answers.key("lab", Sensitivity.INTERNAL, "one");
    cache.put(other, BODY, Answers.stored("lab", "m", "the other tenant's", loop.nanos()));
    assertThat(cache.purgeShared(new Purge("ward", null, null, null)).toCompletableFuture().join()).isEqualTo(3);
    assertThat(far.entries).containsOnlyKeys(sealing.name(other, BODY));
  }

  @Test
  @DisplayName("skew: an older version's snapshot comes back")
  void olderSnapshot() throws IOException {
    Path file = Recorded.copy("cache", folder).resolve("snapshot");
    ExactCache cache = new ExactCache(1 << 20, loop);
    assertThat(new Snapshot(file, key(), new byte[] {1}, () -> THEN.plusSeconds(60)).read(cache, "bundle-1")).isEqualTo(1);
    assertThat(Answers.text(Objects.requireNonNull(cache.get(KEY)))).isEqualTo("answer one");
  }

  @Test
  @DisplayName("G4 skew: what an older version noted as purged is so still")
  void olderNotes() throws IOException {
    Path notes = Recorded.copy("cache", folder).resolve("purges");
    ExactCache cache = new ExactCache(1 << 20, loop);
    assertThat(new AcrossRuns(cache, new PurgeNotes(notes, key()), null, () -> THEN.plusSeconds(60)).recall()).isTrue();
    long minute = Duration.ofMinutes(1).toNanos();
    for (long session : new long[] {7, 8}) {
      Origin origin = new Origin("up", Destination.PRIVATE, "ward", "m", session, 1, 1, Shape.NONE);
      assertThat(cache.isPurged(KEY, origin, loop.nanos() - minute)).isEqualTo(session == 7);
      assertThat(cache.isPurged(KEY, origin, loop.nanos() - minute + 1)).isFalse();
    }
  }

  @Test
  @DisplayName("skew: of a newer version's snapshot nothing comes back; of one in our form, all but what has values that are not known")
  void newerSnapshot() throws IOException, GeneralSecurityException {
    byte[] salt = new byte[16];
    Mac chained = Mac.getInstance("HmacSHA256");
    chained.init(new SecretKeySpec(key(), "HmacSHA256"));
    chained.update(salt);
    SecretKeySpec mine = new SecretKeySpec(chained.doFinal(new byte[] {1}), "AES");
    for (String magic : List.of("tidegate-cache-2\n", "tidegate-cache-1\n")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(all);
      out.writeBytes(magic);
      out.write(salt);
      int number = 0;
      for (int[] values : new int[][] {{9, 0}, {1, 9}, {1, -1}, {-1, 0}, {Sensitivity.INTERNAL.ordinal(), Operation.CHAT.ordinal()}}) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(entry);
        to.writeUTF(KEY.sharingGroup());
        to.writeByte(values[0]);
        to.writeUTF("bundle-1");
        to.writeByte(values[1]);
        to.write(KEY.bodyDigest());
        to.write(packed("kept"));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, mine, new GCMParameterSpec(128, ByteBuffer.allocate(12).putInt(8, number++).array()));
        byte[] sealed = cipher.doFinal(entry.toByteArray());
        out.writeInt(sealed.length);
        out.write(sealed);
      }
      Path file = Files.write(folder.resolve("snapshot"), all.toByteArray());
      ExactCache cache = new ExactCache(1 << 20, loop);
      int expected = magic.contains("1") ? 1 : 0;
      assertThat(new Snapshot(file, key(), new byte[] {1}, () -> THEN).read(cache, "bundle-1")).isEqualTo(expected);
      assertThat(cache.all()).hasSize(expected);
    }
  }
}
