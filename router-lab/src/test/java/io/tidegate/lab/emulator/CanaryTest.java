package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.record.Received;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanaryTest {
  @Test
  @DisplayName("G1 one of the base64 forms is in any base64 that holds the text, wherever it starts")
  void base64Alignments() {
    byte[] text = "ID 11010519491231002X".getBytes(StandardCharsets.UTF_8);
    for (int before = 0; before < 9; before++) {
      for (int after = 0; after < 4; after++) {
        byte[] all = new byte[before + text.length + after];
        System.arraycopy(text, 0, all, before, text.length);
        String packed = Base64.getEncoder().encodeToString(all);
        String form = "base64+" + before % 3;
        assertThat(packed).contains(new String(Canary.forms("ID 11010519491231002X").get(form), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  @DisplayName("G1 the walk for many texts finds what a plain search finds")
  void needlesAgree() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] text = new byte[4000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) random.nextInt(4);
    }
    Needles needles = new Needles();
    List<Integer> expected = new ArrayList<>();
    for (int n = 0; n < 300; n++) {
      byte[] needle = new byte[4 + random.nextInt(8)];
      for (int i = 0; i < needle.length; i++) {
        needle[i] = (byte) random.nextInt(4);
      }
      needles.add(needle, new Canary.Sighting(n, "raw"));
      if (new String(text, StandardCharsets.ISO_8859_1).contains(new String(needle, StandardCharsets.ISO_8859_1))) {
        expected.add(n);
      }
    }
    List<Integer> found = new ArrayList<>();
    needles.walk(text, sighting -> found.add(sighting.index()));
    assertThat(found.stream().distinct().sorted()).containsExactlyElementsOf(expected);
    assertThat(expected).hasSizeBetween(20, 299);
  }

  @Test
  @DisplayName("G1 each spelling is found wherever a read or a chunk ends inside it")
  void cutAtEveryByte() {
    String text = "Zoë \"4711\" / 身份证 \n?";
    Canary.forms(text).forEach((form, spelled) -> {
      for (int cut = 0; cut <= spelled.length; cut++) {
        Received received = new Received(true, 1 << 20);
        int connection = received.opened();
        received.plain(connection, bytes("before "));
        received.plain(connection, Arrays.copyOfRange(spelled, 0, cut));
        received.plain(connection, Arrays.copyOfRange(spelled, cut, spelled.length));
        assertThat(Canary.searchAll(received, List.of(text))).as("%s, cut at %d", form, cut).extracting(Canary.Sighting::form).contains(form);
      }
    });
  }

  @Test
  @DisplayName("G1 a body whose chunks cut a spelling at any byte is found as it is read")
  void chunksAtEveryByte() {
    String text = "patient 4711-身";
    Canary.forms(text).forEach((form, spelled) -> {
      if (form.startsWith("utf-16")) {
        return;
      }
      try (Emulator emulator = Emulator.start(EmulatorConfig.builder(EmulatedDialect.OPENAI).build()); RawSocket raw = new RawSocket(emulator.port())) {
        for (int cut = 1; cut < spelled.length; cut++) {
          raw.write(bytes("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"));
          raw.write(chunk(spelled, 0, cut)).write(chunk(spelled, cut, spelled.length)).write(bytes("0\r\n\r\n"));
          Poll.until("it is read", Duration.ofSeconds(20), () -> emulator.received().requestCount() == 1);
          assertThat(Canary.search(emulator, text)).as("%s, cut at %d", form, cut).extracting(Canary.Sighting::form).contains(form);
          emulator.received().clear();
        }
      }
    });
  }

  @ParameterizedTest(name = "G1 whichever characters are escaped, it is found: {0}")
  @ValueSource(strings = {"pat\\u0069ent 4711", "p\\u0061tient\\u0020471\\u0031", "pat\\\\u0069ent 4711", "p%61tient+4711", "patien%74%204711", "p%2561tient%204711",
      "cGF0aWVudC\r\nA0NzEx", "cGF0aWVudC\\nA0NzEx", "\\u0070\\u0061\\u0074\\u0069\\u0065\\u006E\\u0074\\u0020\\u0034\\u0037\\u0031\\u0031"})
  void mixedEscapes(String spelled) {
    assertThat(Canary.searchIn(List.of(bytes("{\"a\":\"" + spelled + "\"}")), List.of("patient 4711"))).as(spelled).hasSize(1);
    assertThat(Canary.searchIn(List.of(bytes("{\"a\":\"" + spelled + "\"}")), List.of("patient 4712"))).as(spelled).isEmpty();
  }

  @Test
  @DisplayName("G1 what is said before TLS is kept: a server's name that holds the text is found")
  void helloBeforeTls() {
    Received received = new Received(true, 1 << 20);
    int connection = received.opened();
    received.beforeTls(connection, bytes("\0\0 patient-47"));
    received.beforeTls(connection, bytes("11.example \0"));
    assertThat(Canary.searchAll(received, List.of("patient-4711"))).isNotEmpty();
  }

  private static byte[] chunk(byte[] all, int from, int to) {
    byte[] head = bytes(Integer.toHexString(to - from) + "\r\n");
    byte[] chunk = Arrays.copyOf(head, head.length + to - from + 2);
    System.arraycopy(all, from, chunk, head.length, to - from);
    chunk[chunk.length - 2] = '\r';
    chunk[chunk.length - 1] = '\n';
    return chunk;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
