package io.tidegate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SseReaderTest {
  /** Writes down what it is told: events as {@code type|data}, keep-alives as {@code .}, strays as {@code ?line}. */
  private static final class Script implements SseReader.Listener {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void event(byte[] buffer, int offset, int length, String type) {
      lines.add(type + "|" + new String(buffer, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void keepAlive() {
      lines.add(".");
    }

    @Override
    public void stray(byte[] buffer, int offset, int length) {
      lines.add("?" + new String(buffer, offset, length, StandardCharsets.UTF_8));
    }
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        Arguments.of("data: a\n\n", List.of("|a")),
        Arguments.of("data:a\n\n", List.of("|a")),
        Arguments.of("data:  a\n\n", List.of("| a")),
        Arguments.of("data: a\r\n\r\n", List.of("|a")),
        Arguments.of("data: a\r\rdata: b\r\r", List.of("|a", "|b")),
        Arguments.of("data: a\r\n\rdata: b\n\r\n", List.of("|a", "|b")),
        Arguments.of("data: a\n\r\ndata: b\r\n\n", List.of("|a", "|b")),
        Arguments.of("\ufeffdata: a\n\n", List.of("|a")),
        Arguments.of("\ufeff\ufeffdata: a\n\n", List.of("?\ufeffdata: a", ".")),
        Arguments.of("data: a\n\n\ufeffdata: b\n\n", List.of("|a", "?\ufeffdata: b", ".")),
        Arguments.of("data: a\ndata: b\ndata: c\n\n", List.of("|a\nb\nc")),
        Arguments.of("data: a\nid: 7\nevent: x\nretry: 3\ndata: b\n\n", List.of("x|a\nb")),
        Arguments.of("event: error\ndata: {}\n\ndata: b\n\n", List.of("error|{}", "|b")),
        Arguments.of("event: error\n\ndata: b\n\n", List.of("|b")),
        Arguments.of("id: 1\n\ndata: b\n\n", List.of("|b")),
        Arguments.of("data\n\n", List.of("|")),
        Arguments.of("data:\n\n", List.of("|")),
        Arguments.of("data\ndata\n\n", List.of("|\n")),
        Arguments.of(": keep-alive\n\ndata: a\n\n", List.of(".", ".", "|a")),
        Arguments.of(":\n\n\n\n", List.of(".", ".", ".", ".")),
        Arguments.of("data: a\n: ping\ndata: b\n\n", List.of(".", "|a\nb")),
        Arguments.of("\n\n\ndata: a\n\n", List.of(".", ".", ".", "|a")),
        Arguments.of("error: {\"code\":500}\n\n", List.of("?error: {\"code\":500}", ".")),
        Arguments.of("{\"a\":1}\n", List.of("?{\"a\":1}")),
        Arguments.of("Data: a\n\n", List.of("?Data: a", ".")),
        Arguments.of(" data: a\n\n", List.of("? data: a", ".")),
        Arguments.of("data : a\n\n", List.of("?data : a", ".")),
        Arguments.of("data: a: b\n\n", List.of("|a: b")),
        Arguments.of("data: 中文😀\n\n", List.of("|中文😀")),
        Arguments.of("data: a\n", List.of()),
        Arguments.of("data: a", List.of()),
        Arguments.of("data: a\n\ndata: b", List.of("|a")),
        Arguments.of("data: [DONE]\n\n", List.of("|[DONE]")));
  }

  @ParameterizedTest
  @MethodSource("streams")
  @DisplayName("F1 events are read by the standard, however the stream is cut into pieces")
  void readsByTheStandard(String stream, List<String> expected) {
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    for (int step = 1; step <= bytes.length; step++) {
      assertThat(read(bytes, step)).as("pieces of %d", step).isEqualTo(expected);
    }
    for (int cut = 0; cut <= bytes.length; cut++) {
      Script script = new Script();
      SseReader reader = new SseReader(1000, 1000, script);
      assertThat(reader.feed(bytes, 0, cut)).isTrue();
      assertThat(reader.feed(bytes, cut, bytes.length - cut)).isTrue();
      assertThat(script.lines).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  /** Each piece in an array of its own that is spoilt afterwards, as a pooled buffer is. */
  private static List<String> read(byte[] bytes, int step) {
    Script script = new Script();
    SseReader reader = new SseReader(1000, 1000, script);
    for (int at = 0; at < bytes.length; at += step) {
      int length = Math.min(step, bytes.length - at);
      byte[] piece = new byte[length + 3];
      System.arraycopy(bytes, at, piece, 2, length);
      assertThat(reader.feed(piece, 2, length)).isTrue();
      java.util.Arrays.fill(piece, (byte) '!');
    }
    return script.lines;
  }

  @Test
  @DisplayName("F1 random streams in random pieces read as in one piece")
  void piecesMakeNoDifference() {
    String[] parts = {"data: ", "data:", "a", "bcdefghijklmnop", "中", "\n", "\r", "\r\n", ":", "\n\n", "id: 1", "event: e", "\r\r", "{}", "x: y", " "};
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int i = random.nextInt(30); i > 0; i--) {
        stream.writeBytes(parts[random.nextInt(parts.length)].getBytes(StandardCharsets.UTF_8));
      }
      byte[] bytes = stream.toByteArray();
      List<String> whole = read(bytes, Math.max(1, bytes.length));
      assertThat(read(bytes, 1 + random.nextInt(9))).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @Test
  @DisplayName("F1 G8 a line or an event past its bound ends the reading, before it is kept")
  void boundsLinesAndEvents() {
    Script script = new Script();
    byte[] fill = "x".repeat(100).getBytes(StandardCharsets.US_ASCII);
    SseReader reader = new SseReader(250, 1000, script);
    assertThat(reader.feed(fill, 0, 100)).isTrue();
    assertThat(reader.feed(fill, 0, 100)).isTrue();
    assertThat(reader.feed(fill, 0, 100)).isFalse();
    assertThat(reader.feed("\n\ndata: a\n\n".getBytes(StandardCharsets.US_ASCII), 0, 11)).isFalse();
    assertThat(script.lines).isEmpty();

    byte[] line = ("data: " + "y".repeat(194) + "\n").getBytes(StandardCharsets.US_ASCII);
    SseReader second = new SseReader(250, 1000, script);
    for (int i = 0; i < 5; i++) {
      assertThat(second.feed(line, 0, line.length)).isTrue();
    }
    assertThat(second.feed(line, 0, line.length)).isFalse();
    assertThat(script.lines).isEmpty();
  }

  @Test
  @DisplayName("whether an event is pending is known after each piece")
  void knowsWhatIsPending() {
    SseReader reader = new SseReader(100, 100, new Script());
    assertThat(reader.betweenEvents()).isTrue();
    for (String open : List.of("d", "ata: a", "\n", "data: b\n", ": c\n", "\n : cut", "\n\nid: 1\n", "\nevent: x\n", "\n\r")) {
      assertThat(reader.feed(open.getBytes(StandardCharsets.US_ASCII), 0, open.length())).isTrue();
      assertThat(reader.betweenEvents()).as(open.strip()).isFalse();
    }
    assertThat(reader.feed("\n".getBytes(StandardCharsets.US_ASCII), 0, 1)).isTrue();
    assertThat(reader.betweenEvents()).isTrue();
  }

  private static final String FRAME = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}\n\n";

  private static SseTemplate learnt() throws JsonException {
    String frame = String.format(FRAME, "first");
    JsonText json = JsonText.parse(frame.substring(6, frame.length() - 2).getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    SseTemplate template = new SseTemplate();
    int node = 0;
    while (!json.stringEquals(node, "first")) {
      node++;
    }
    template.learn(json, node);
    return template;
  }

  @Test
  @DisplayName("F1 frames that differ in one string are plain, and only whole ones")
  void matchesWholePlainFrames() throws JsonException {
    SseTemplate template = learnt();
    String[] texts = {"a", " pumping", "汉字", "😀", "\\n", "say \\\"hi\\\" \\u00e9 to \\\\ all of them", "x".repeat(3000), "\\/", "1234567", "12345678"};
    StringBuilder all = new StringBuilder();
    for (String text : texts) {
      all.append(String.format(FRAME, text));
    }
    byte[] bytes = ("junk" + all).getBytes(StandardCharsets.UTF_8);
    assertThat(template.match(bytes, 4, bytes.length)).isEqualTo(bytes.length);
    byte[] last = String.format(FRAME, texts[texts.length - 1]).getBytes(StandardCharsets.UTF_8);
    for (int cut = 1; cut < last.length; cut++) {
      assertThat(template.match(bytes, 4, bytes.length - cut)).as("without %d bytes", cut).isEqualTo(bytes.length - last.length);
    }
  }

  static Stream<String> notPlain() {
    return Stream.of(String.format(FRAME, ""), String.format(FRAME, "a\"b"), String.format(FRAME, "a").replace("null", "\"stop\""),
        String.format(FRAME, "a").replace("\"c\"", "\"d\""), String.format(FRAME, "a").replace("data: ", "data:"),
        String.format(FRAME, "a").replace("\n\n", "\r\n"), String.format(FRAME, "a\u0001"), String.format(FRAME, "a\\x"), String.format(FRAME, "\\ud800"),
        String.format(FRAME, "\\u12g4"), String.format(FRAME, "a\n"), "id: 1\n" + String.format(FRAME, "a"), ": c\n\n", "data: [DONE]\n\n",
        String.format(FRAME, "a\"},\"delta\":{\"content\":\"b"), String.format(FRAME, "a\\"), "data: {}\n\n");
  }

  @ParameterizedTest
  @MethodSource("notPlain")
  @DisplayName("F1 F4 a frame that differs in anything else is not plain")
  void leavesOtherFramesToTheParser(String frame) throws JsonException {
    byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
    assertThat(learnt().match(bytes, 0, bytes.length)).isZero();
  }

  @Test
  @DisplayName("F1 a frame with bytes that are not UTF-8 is not plain")
  void leavesBadUtf8ToTheParser() throws JsonException {
    for (int bad : new int[] {0x80, 0xC0, 0xE4, 0xED, 0xF5, 0xFF}) {
      byte[] bytes = String.format(FRAME, "a!b").getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '!') {
          bytes[i] = (byte) bad;
        }
      }
      assertThat(learnt().match(bytes, 0, bytes.length)).isZero();
    }
  }
}
