package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.Recorded;
import io.tidegate.policy.signature.Accepted;
import io.tidegate.policy.signature.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another version remembers of policies; the older one's files are real. */
class StateSkewTest {
  private static final Accepted NEWEST = new Accepted("corp", 7, "ab".repeat(32));

  @TempDir Path folder;

  /** Writes what this version leaves, to be kept for later ones. */
  public static void main(String[] to) throws IOException {
    StateDirectory state = new StateDirectory(Path.of(to[0]));
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put("a.yaml", "one: 1\n".getBytes(StandardCharsets.UTF_8));
    files.put("b.yaml", "two: 2\n".getBytes(StandardCharsets.UTF_8));
    state.keep(new PolicyTexts("policies", files, "{\"m\":1}".getBytes(StandardCharsets.UTF_8), null), () -> true);
    state.accept(NEWEST, () -> true);
  }

  private static byte[] sealed(byte[] content) {
    byte[] all = java.util.Arrays.copyOf(content, content.length + 32);
    System.arraycopy(HexFormat.of().parseHex(Manifest.sha256(content)), 0, all, content.length, 32);
    return all;
  }

  @Test
  @DisplayName("G2 skew: an older version's last good bundle and newest revision are taken as they are")
  void olderState() throws IOException {
    StateDirectory state = new StateDirectory(Recorded.copy("policy", folder));
    assertThat(state.accepted()).isEqualTo(NEWEST);
    assertThat(state.lastGood("policies")).hasValueSatisfying(texts -> {
      assertThat(texts.files()).containsOnlyKeys("a.yaml", "b.yaml");
      assertThat(texts.files().get("b.yaml")).asString(StandardCharsets.UTF_8).isEqualTo("two: 2\n");
      assertThat(texts.manifest()).asString(StandardCharsets.UTF_8).isEqualTo("{\"m\":1}");
      assertThat(texts.signatures()).isNull();
    });
  }

  @Test
  @DisplayName("G2 skew: what a newer version says behind the known is passed over; the revision still counts")
  void newerMinor() throws IOException {
    Path directory = Recorded.copy("policy", folder);
    StateDirectory state = new StateDirectory(directory);
    byte[] before = Files.readAllBytes(directory.resolve("last-good"));
    byte[] content = java.util.Arrays.copyOf(before, before.length - 32 + 20);
    java.util.Arrays.fill(content, before.length - 32, content.length, (byte) 'n');
    Files.write(directory.resolve("last-good"), sealed(content));
    assertThat(state.lastGood("policies")).hasValueSatisfying(texts -> assertThat(texts.files()).hasSize(2));
    Files.writeString(directory.resolve("accepted"), Files.readString(directory.resolve("accepted")).strip() + " 2026-11-26T00:00:00Z by-two\n");
    assertThat(state.accepted()).isEqualTo(NEWEST);
  }

  @Test
  @DisplayName("G2 skew: a newer version's form of the revision is an error and never 'none', so that no older bundle comes back; of the last good bundle, none")
  void otherForm() throws IOException {
    Path directory = Recorded.copy("policy", folder);
    StateDirectory state = new StateDirectory(directory);
    for (String text : List.of("v2 corp 7 " + "ab".repeat(32), "{\"name\":\"corp\",\"revision\":7}", "corp 7", "corp 7 sha512:" + "ab".repeat(64), "", "\n")) {
      Files.writeString(directory.resolve("accepted"), text);
      assertThatThrownBy(state::accepted).as(text).isInstanceOf(IOException.class).hasMessageContaining("another version");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF("tidegate last good policy v2");
    out.writeUTF("policies");
    out.writeInt(-5);
    for (byte[] content : List.of(bytes.toByteArray(), "v2".getBytes(StandardCharsets.US_ASCII), new byte[0])) {
      Files.write(directory.resolve("last-good"), sealed(content));
      assertThat(state.lastGood("policies")).isEmpty();
    }
    bytes.reset();
    out.writeUTF("tidegate last good policy v1");
    out.writeUTF("policies");
    out.writeInt(1);
    out.writeUTF("a.yaml");
    out.writeInt(-5);
    Files.write(directory.resolve("last-good"), sealed(bytes.toByteArray()));
    assertThat(state.lastGood("policies")).as("a length that is none").isEmpty();
  }
}
