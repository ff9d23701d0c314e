package io.tidegate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  private static JsonText parse(String text) throws JsonException {
    return JsonText.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  private static String text(SplicedText spliced) {
    return StandardCharsets.UTF_8.decode(spliced.buffer()).toString();
  }

  @Test
  @DisplayName("a node knows its text, its next and its place")
  void knowsPlaces() throws JsonException {
    JsonText json = parse("{\"model\":\"m\",\"messages\":[{\"content\":\"a\"},{\"content\":[1,{\"x y\\u0020\":null}]}]}");
    int messages = json.member(0, "messages");
    int second = json.next(messages + 1);
    int content = json.member(second, "content");
    int inner = content + 2;
    assertThat(json.path(0)).isEmpty();
    assertThat(json.path(json.member(0, "model"))).isEqualTo("model");
    assertThat(json.path(messages)).isEqualTo("messages");
    assertThat(json.path(second)).isEqualTo("messages[1]");
    assertThat(json.path(content)).isEqualTo("messages[1].content");
    assertThat(json.path(content - 1)).isEqualTo("messages[1].content");
    assertThat(json.path(content + 1)).isEqualTo("messages[1].content[0]");
    assertThat(json.path(inner + 2)).isEqualTo("messages[1].content[1].x?y?u0020");
    assertThat(json.next(messages)).isEqualTo(json.size());
    assertThat(json.member(messages, "content")).isEqualTo(-1);
    assertThat(json.at(json.start(messages))).isEqualTo((byte) '[');
    assertThat(json.at(json.end(messages) - 1)).isEqualTo((byte) ']');
  }

  @Test
  @DisplayName("B3 a path shows only safe characters of a key, and not many")
  void pathsAreSafe() throws JsonException {
    JsonText json = parse("{\"" + "k".repeat(100) + "\":1,\"\\r\\n{[;中\":2}");
    assertThat(json.path(2)).isEqualTo("k".repeat(40));
    assertThat(json.path(4)).isEqualTo("?r?n??????");
  }

  @Test
  @DisplayName("members are found under escaped names too")
  void findsEscapedNames() throws JsonException {
    JsonText json = parse("{\"mod\\u0065l\":\"g\\u0070t\",\"n\":1.5,\"big\":123456789012}");
    int model = json.member(0, "model");
    assertThat(json.stringEquals(model, "gpt")).isTrue();
    assertThat(json.escaped(model)).isTrue();
    assertThat(json.number(model)).isNaN();
    assertThat(json.number(json.member(0, "n"))).isEqualTo(1.5);
    assertThat(json.number(json.member(0, "big"))).isEqualTo(123456789012.0);
    assertThat(json.stringEquals(json.member(0, "n"), "1.5")).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> json.string(json.member(0, "n")));
    assertThatThrownBy(() -> json.kind(json.size())).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  @DisplayName("A2 the bytes can be read, not changed")
  void bytesAreReadOnly() throws JsonException {
    JsonText json = parse("[1]");
    assertThatThrownBy(() -> json.buffer().put(0, (byte) '2')).isInstanceOf(ReadOnlyBufferException.class);
    SplicedText same = new Splices(json).apply();
    assertThatThrownBy(() -> same.buffer().put(0, (byte) '2')).isInstanceOf(ReadOnlyBufferException.class);
    assertThat(text(same)).isEqualTo("[1]");
    assertThat(json).hasToString("JsonText[3 bytes]");
    assertThat(same).hasToString("SplicedText[3 bytes]");
  }

  @Test
  @DisplayName("A2 bytes that no edit names stay as they are, spaces and all")
  void keepsUntouchedBytes() throws JsonException {
    JsonText json = parse(" { \"a\" : 1 , \"b\":\t2,\"c\":{}}\n");
    Splices splices = new Splices(json);
    splices.remove(0, json.member(0, "b")).add(0, "d", "[true]").rename(json.member(0, "a") - 1, "z").add(json.member(0, "c"), "e", "0");
    assertThat(text(splices.apply())).isEqualTo(" { \"z\" : 1,\"c\":{\"e\":0},\"d\":[true]}\n");
    assertThat(text(new Splices(json).remove(0, json.member(0, "a")).remove(0, json.member(0, "b")).remove(0, json.member(0, "c")).apply()))
        .isEqualTo(" { }\n");
    assertThat(text(new Splices(json).remove(0, json.member(0, "a")).add(0, "x", "1").apply())).isEqualTo(" { \"b\":\t2,\"c\":{},\"x\":1}\n");
  }

  @Test
  @DisplayName("A2 edits that overlap are a defect, not a guess")
  void overlappingEditsThrow() throws JsonException {
    JsonText json = parse("{\"a\":{\"b\":1},\"c\":2}");
    int a = json.member(0, "a");
    int b = json.member(a, "b");
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).replace(a, "1").replace(b, "2").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).replace(a, "1").replace(a, "2").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).remove(0, a).replace(b, "2").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).remove(0, a).add(a, "x", "2").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).remove(0, a).rename(a - 1, "x").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).remove(0, a).remove(0, a).apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).remove(0, b).apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).rename(a, "x").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).replace(a - 1, "1").apply());
    assertThatIllegalStateException().isThrownBy(() -> new Splices(json).add(json.member(0, "c"), "x", "1").apply());
  }

  @Test
  @DisplayName("G8 JsonWriter refuses misuse and its bound")
  void writerRefusesMisuse() {
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginObject().string("x"));
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginObject().key("a").key("b"));
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginObject().key("a").endObject());
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginArray().key("a"));
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginArray().endObject());
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().number(1).number(2));
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginArray().toBytes());
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().toBytes());
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonWriter().number(Double.NaN));
    assertThatThrownBy(() -> new JsonWriter(4, 10).string("12345678901")).isInstanceOf(JsonWriter.TooLarge.class);
    assertThat(new String(new JsonWriter(4, 10).string("12345678").toBytes(), StandardCharsets.UTF_8)).isEqualTo("\"12345678\"");
  }

  @Test
  @DisplayName("B3 JsonWriter escapes what it must and mends lone surrogates")
  void writerEscapes() throws JsonException {
    byte[] bytes = new JsonWriter().beginObject().key("q\"\\\n\u0001").string("\ud800x\udc00😀中é\u2028").key("n").number(-7).key("d").number(0.5)
        .key("w").number(3.0).key("r").raw("[1, 2]".getBytes(StandardCharsets.US_ASCII)).key("b").bool(true).key("z").nullValue().endObject().toBytes();
    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .isEqualTo("{\"q\\\"\\\\\\n\\u0001\":\"\ufffdx\ufffd😀中é\u2028\",\"n\":-7,\"d\":0.5,\"w\":3,\"r\":[1, 2],\"b\":true,\"z\":null}");
    JsonText json = JsonText.parse(bytes, JsonLimits.DEFAULT);
    assertThat(json.string(1)).isEqualTo("q\"\\\n\u0001");
    assertThat(new String(new JsonWriter().raw(json, json.member(0, "r")).toBytes(), StandardCharsets.UTF_8)).isEqualTo("[1, 2]");
    assertThat(JsonWriter.quote("a\"b")).isEqualTo("\"a\\\"b\"");
  }
}
