package io.tidegate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, and what is not. In cases, {@code \xNN} stands for one byte and {@code \t \n \r} for themselves. */
class StrictJsonTest {
  private static final JsonLimits LIMITS = new JsonLimits(8, 200, 20, 10);

  static Stream<String> broken() {
    List<String> cases = new ArrayList<>(List.of(
        // No value, or more than one.
        "", " ", "\\n\\t", "1 2", "{}{}", "[]]", "{}}", "\"a\"\"b\"", "nulll", "null,", "1,", "{} x", "[]\\x00", "{}\\x1a", "{},", "[1]\\x0c",
        "\\x0b1", "\\xc2\\xa01", "\\xe2\\x80\\xa81", "{}//", "{}/**/", "/**/{}", "#\\n{}", "{}\\xe2\\x81\\xa0", ";", ":", ",", "]", "}", "()",
        // Not JSON's encoding.
        "\\xef\\xbb\\xbf{}", "\\xff\\xfe{\\x00}\\x00", "\\xfe\\xff\\x00{\\x00}", "{\\x00}\\x00", "\\x00{\\x00}", "\\xef\\xbb\\xbf", "\\xef\\xbb", "\\xef",
        // Literals.
        "nul", "n", "tru", "fals", "True", "NULL", "Null", "FALSE", "nan", "NaN", "Infinity", "-Infinity", "+Infinity", "undefined", "None",
        "[nul]", "[tru]", "[fals]", "truth", "[nullx]", "[truefalse]",
        // Numbers.
        "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e-", "1E", "1e1.5", "0x10", "1_000", "1,000", "0e", "--1", "1-", "1f",
        "0b1", "1.2.3", "\\xef\\xbc\\x91", "[-]", "[1.]", "[2.e3]", "[- 1]", "[1 000]", "[+1]", "[0.e1]", "[1ea]", "[1\\xe2\\x80\\xa8]", "0.3e", "-a", "-\"1\"",
        // Strings.
        "\"", "\"a", "'a'", "a", "\"\\x00\"", "\"\\x1f\"", "\"\\t\"", "\"\\n\"", "\"a\\r\"", "\"\\a\"", "\"\\x5c\"", "\"\\x5c", "\"\\x5cx41\"", "\"\\x5cU0041\"",
        "\"\\x5c'\"", "\"\\x5c0\"", "\"\\x5c\\n\"", "\"\\x5cu\"", "\"\\x5cu1\"", "\"\\x5cu12\"", "\"\\x5cu123\"", "\"\\x5cu123g\"", "\"\\x5cu 123\"", "\"\\x5cu+123\"",
        "\"\\x5cu-001\"", "\"\\x5cu12\\xc3\\xa9\"", "\"12345678\\x01\"", "\"1234567\\x02 long enough for a word\"", "\"long enough for a word and more",
        // Surrogates.
        "\"\\x5cud800\"", "\"\\x5cudfff\"", "\"\\x5cudc00\\x5cud800\"", "\"\\x5cud800\\x5cud800\"", "\"\\x5cud800x\"", "\"\\x5cud83d\\x5cn\"", "\"\\x5cud83d\\x5cu0041\"",
        "\"\\x5cud83d\\x5cu\"", "\"\\x5cuD83Dudc00\"", "\"\\x5cud83d\\x5cU0001\"", "\"\\x5cud83d", "\"\\x5cud83d\\x5c", "\"\\x5cud83d\\x5cudc", "{\"\\x5cudead\":1}",
        // UTF-8.
        "\"\\x80\"", "\"\\xbf\"", "\"\\xc0\\x80\"", "\"\\xc0\\xaf\"", "\"\\xc1\\xbf\"", "\"\\xc2\"", "\"\\xc2A\"", "\"\\xe0\\x80\\xaf\"", "\"\\xe0\\x9f\\xbf\"", "\"\\xe4\\xb8\"",
        "\"\\xe4\\xb8A\"", "\"\\xe4A\\xad\"", "\"\\xed\\xa0\\x80\"", "\"\\xed\\xbf\\xbf\"", "\"\\xed\\xa0\\xbd\\xed\\xb8\\x80\"", "\"\\xf0\\x80\\x80\\xaf\"", "\"\\xf0\\x8f\\xbf\\xbf\"",
        "\"\\xf4\\x90\\x80\\x80\"", "\"\\xf5\\x80\\x80\\x80\"", "\"\\xf8\\x88\\x80\\x80\\x80\"", "\"\\xfe\"", "\"\\xff\"", "\"\\xf0\\x9f\\x98\"", "\"\\xf0\\x9f\\x98\\x80\\x80\"",
        "\"\\xe4\\xb8", "\"\\xf0\\x9f", "\"\\xc3", "{\"\\xff\":1}", "[\\xe4\\xb8\\xad]", "\"\\xe4\\xb8\\xad\\xe4\\xb8\"", "\"abcdefg\\xc3\"",
        // Arrays.
        "[", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1;2]", "[1 2]", "[\"a\" \"b\"]", "[1:2]", "[}", "[1}", "[\"a\",\\n4\\n,1,", "[[]", "[]]]", "[a]", "[/**/1]", "[1]a",
        // Objects.
        "{", "{]", "{1:2}", "{a:1}", "{'a':1}", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}",
        "{\"a\":1,,\"b\":2}", "{\"a\"::1}", "{\"a\",\"b\"}", "{\"a\":1]", "{null:1}", "{[]:1}", "{\"a\":\"b\":1}", "{\"a\":1}#", "{\"a\"", "{\"a", "{ \"a\" : 1 , }", "{:1}", "{\"a\":1,2}",
        // Keys twice.
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":{},\"a\":1}", "{\"\":1,\"\":2}", "{\"a\":1,\"\\x5cu0061\":2}", "{\"\\x5cu0061\":1,\"a\":2}", "{\"/\":1,\"\\x5c/\":2}",
        "{\"\\xe4\\xb8\\xad\":1,\"\\x5cu4e2d\":2}", "{\"\\xf0\\x9f\\x98\\x80\":1,\"\\x5cud83d\\x5cude00\":2}", "{\"\\x5cu000a\":1,\"\\x5cn\":2}", "[{\"x\":{\"a\":1,\"a\":2}}]",
        "{\"x\":{\"y\":1},\"x\":{\"z\":1}}", "{\"\\x5cu00e9\":1,\"\\x5cu00E9\":2}", "{\"model\":\"a\",\"mod\\x5cu0065l\":\"b\"}"));
    return cases.stream();
  }

  static Stream<String> tooLarge() {
    return Stream.of("[[[[[[[[[]]]]]]]]]", "{\"a\":{\"a\":{\"a\":{\"a\":[{\"a\":{\"a\":{\"a\":{}}}}]}}}}", "[[[[[[[[[", "123456789012345678901", "-12345678901234567890",
        "1.2345678901234567890", "1e000000000000000000000", "1e309", "-1e400", "[9e999]", "1E+309", "[" + "1,".repeat(200) + "1]",
        "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1}");
  }

  static Stream<String> good() {
    return Stream.of("0", "-0", "1", "-1.5", "0.0", "1e5", "1E+5", "1e-5", "0e0", "-0.0e-0", "1e308", "true", "false", "null", "\"\"", "\"a\"", " 1 ",
        "\\t\\r\\n[ ]\\n", "{ }", "{\"\":1}", "{\"a\":1,\"A\":2}", "[1,[2,[3]],{}]", "\"\\x5cu0000\"", "\"\\x5c\"\\x5c\\x5c\\x5c/\\x5cb\\x5cf\\x5cn\\x5cr\\x5ct\"", "\"\\x7f\"",
        "\"\\xc2\\x80\\xdf\\xbf\\xe0\\xa0\\x80\\xed\\x9f\\xbf\\xee\\x80\\x80\\xef\\xbf\\xbf\\xf0\\x90\\x80\\x80\\xf4\\x8f\\xbf\\xbf\"", "\"\\xef\\xbb\\xbf\"",
        "\"\\xe2\\x80\\xa8\"", "\"\\x5cud83d\\x5cude00\"", "\"\\x5cuD83D\\x5cuDE00\"", "[[[[[[[[]]]]]]]]", "12345678901234567890", "{\"a\":{\"a\":{\"a\":1}}}",
        "[{\"a\":1},{\"a\":1}]", "{\"a\":{\"b\":1},\"b\":1}", "\"//\"", "[\"a,b\",\"]\"]", "{\"a\":[],\"b\":{}}", "\"\\x5cuffff\"", "\"1234567\"", "\"12345678\"", "\"123456789\"");
  }

  static byte[] bytes(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.write(c);
        continue;
      }
      c = text.charAt(++i);
      switch (c) {
        case 'x' -> {
          out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        case 't' -> out.write('\t');
        case 'n' -> out.write('\n');
        case 'r' -> out.write('\r');
        default -> out.writeBytes(("\\" + c).getBytes(StandardCharsets.US_ASCII));
      }
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("broken")
  @DisplayName("A12 a text that is not strict JSON is refused, and says where")
  void refusesWhatIsNotStrictJson(String text) {
    byte[] body = bytes(text);
    JsonException refusal = catchThrowableOfType(JsonException.class, () -> JsonText.parse(body, LIMITS));
    assertThat(refusal).isNotNull();
    assertThat(refusal.tooLarge()).isFalse();
    assertThat(refusal.offset()).isBetween(0, body.length);
  }

  @ParameterizedTest
  @MethodSource("broken")
  @DisplayName("A12 broken text is refused inside a larger one too, where whole words are read at once")
  void refusesBrokenTextInside(String text) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("[\"padding padding\",".getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(bytes(text));
    body.writeBytes(",\"padding padding padding\",{\"padding padding\":[0]}]".getBytes(StandardCharsets.US_ASCII));
    boolean joinsWell = List.of("1,", "null,", "{},", "\"a\"\"b\"").contains(text);
    if (!joinsWell && !text.equals("1,000")) {
      assertThat(catchThrowableOfType(JsonException.class, () -> JsonText.parse(body.toByteArray(), LIMITS))).isNotNull();
    }
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  @DisplayName("G8 depth, values, keys and numbers are bounded")
  void refusesWhatIsTooLarge(String text) {
    JsonException refusal = catchThrowableOfType(JsonException.class, () -> JsonText.parse(bytes(text), LIMITS));
    assertThat(refusal).isNotNull();
    assertThat(refusal.tooLarge()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("good")
  @DisplayName("A12 strict JSON passes")
  void acceptsStrictJson(String text) throws JsonException {
    byte[] body = bytes(text);
    JsonText json = JsonText.parse(body, LIMITS);
    assertThat(json.length()).isEqualTo(body.length);
    assertThat(json.next(0)).isEqualTo(json.size());
  }

  @ParameterizedTest
  @MethodSource("good")
  @DisplayName("A12 every proper beginning of a text but of a number is refused")
  void refusesEveryProperPrefix(String text) throws JsonException {
    byte[] body = bytes(text.strip());
    JsonText json = JsonText.parse(body.clone(), LIMITS);
    if (json.kind(0) == JsonText.Kind.NUMBER || text.startsWith("\\t")) {
      return;
    }
    for (int cut = 0; cut < body.length; cut++) {
      byte[] prefix = java.util.Arrays.copyOf(body, cut);
      assertThat(catchThrowableOfType(JsonException.class, () -> JsonText.parse(prefix, LIMITS))).as("cut at %d", cut).isNotNull();
    }
  }

  @Test
  @DisplayName("A12 every byte alone in a string is judged as UTF-8 and JSON say")
  void judgesEachSingleByte() {
    for (int b = 0; b < 256; b++) {
      byte[] body = {'"', (byte) b, '"'};
      boolean fine = b >= ' ' && b < 0x80 && b != '"' && b != '\\';
      assertThat(catchThrowableOfType(JsonException.class, () -> JsonText.parse(body, LIMITS)) == null).as("byte %d", b).isEqualTo(fine);
    }
  }

  @Test
  @DisplayName("A12 every two- and three-byte sequence is judged as the JDK's strict decoder judges it")
  void judgesUtf8AsTheJdkDoes() {
    for (int lead = 0xC0; lead < 0x100; lead++) {
      for (int second = 0x7E; second < 0xC2; second++) {
        for (int third : new int[] {0x20, 0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC0}) {
          for (int fourth : new int[] {0x20, 0x80, 0xBF, 0xC0}) {
            byte[] text = {(byte) lead, (byte) second, (byte) third, (byte) fourth};
            byte[] body = {'"', text[0], text[1], text[2], text[3], '"'};
            boolean control = second < ' ' || third < ' ';
            if (!control) {
              assertThat(catchThrowableOfType(JsonException.class, () -> JsonText.parse(body, LIMITS)) == null).isEqualTo(strictUtf8(text));
            }
          }
        }
      }
    }
  }

  private static boolean strictUtf8(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(text));
      return true;
    } catch (java.nio.charset.CharacterCodingException e) {
      return false;
    }
  }

  @Test
  @DisplayName("G8 A12 ten thousand keys with one hash cost no square")
  void manyCollidingKeysStayCheap() throws JsonException {
    List<String> keys = List.of("");
    for (int i = 0; i < 13; i++) {
      List<String> longer = new ArrayList<>();
      for (String key : keys) {
        longer.add(key + "Aa");
        longer.add(key + "BB");
      }
      keys = longer;
    }
    StringBuilder body = new StringBuilder("{");
    for (String key : keys) {
      body.append('"').append(key).append("\":0,");
    }
    byte[] distinct = (body + "\"last\":0}").getBytes(StandardCharsets.US_ASCII);
    byte[] twice = (body + "\"" + keys.get(0) + "\":0}").getBytes(StandardCharsets.US_ASCII);
    // 8,192 keys of one hash: comparing all pairs of 26 characters takes seconds for the hundred rounds, near-linear work far less.
    for (int i = 0; i < 100; i++) {
      assertThat(JsonText.parse(distinct.clone(), JsonLimits.DEFAULT).size()).isEqualTo(2 * keys.size() + 3);
    }
    assertThat(catchThrowableOfType(JsonException.class, () -> JsonText.parse(twice, JsonLimits.DEFAULT))).hasMessageContaining("duplicate key");
  }

  @Test
  @DisplayName("A12 a key twice is found whatever the number of keys between")
  void findsDuplicatesInObjectsOfAnySize() throws JsonException {
    for (int count = 1; count < 40; count++) {
      StringBuilder body = new StringBuilder("{");
      for (int i = 0; i < count; i++) {
        body.append("\"key").append(i).append("\":{\"key0\":0},");
      }
      byte[] good = (body + "\"end\":0}").getBytes(StandardCharsets.US_ASCII);
      assertThat(JsonText.parse(good, JsonLimits.DEFAULT).size()).isEqualTo(4 * count + 3);
      for (int i = 0; i < count; i++) {
        byte[] bad = (body + "\"key" + i + "\":0}").getBytes(StandardCharsets.US_ASCII);
        assertThat(catchThrowableOfType(JsonException.class, () -> JsonText.parse(bad, JsonLimits.DEFAULT))).isNotNull();
      }
    }
  }

  @Test
  @DisplayName("G8 depth costs no stack")
  void depthIsBoundedByTheLimitOnly() throws JsonException {
    int depth = 200_000;
    byte[] body = ("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.US_ASCII);
    assertThat(JsonText.parse(body, new JsonLimits(depth, depth, 10, 10)).size()).isEqualTo(depth);
  }

  @Test
  @DisplayName("G3 a refusal shows nothing of the text")
  void messagesHoldNoContent() {
    JsonException refusal = catchThrowableOfType(JsonException.class, () -> JsonText.parse("{\"secret\":secret}".getBytes(StandardCharsets.US_ASCII), LIMITS));
    assertThat(refusal).hasMessage("unexpected character at byte 10");
  }
}
