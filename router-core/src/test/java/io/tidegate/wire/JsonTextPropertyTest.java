package io.tidegate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The tape against Jackson's tree, for random texts, random edits and random damage. */
class JsonTextPropertyTest {
  private static final ObjectMapper JACKSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final int ROUNDS = 3_000;

  @Test
  @DisplayName("A12 what we read is what another parser reads")
  void readsAsJacksonReads() throws Exception {
    for (int seed = 0; seed < ROUNDS; seed++) {
      String text = new RandomJson(new Random(seed)).text();
      JsonText json = JsonText.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      int after = assertSame(json, 0, JACKSON.readTree(text), "seed " + seed);
      assertThat(after).as("seed %d", seed).isEqualTo(json.size());
    }
  }

  private static int assertSame(JsonText json, int node, JsonNode other, String seed) {
    int next = node + 1;
    switch (json.kind(node)) {
      case OBJECT -> {
        assertThat(other.isObject()).as(seed).isTrue();
        Iterator<String> names = other.fieldNames();
        while (names.hasNext()) {
          String name = names.next();
          assertThat(json.isKey(next)).as(seed).isTrue();
          assertThat(json.string(next)).as(seed).isEqualTo(name);
          assertThat(json.next(next)).as(seed).isEqualTo(next + 1);
          next = assertSame(json, next + 1, other.get(name), seed);
        }
        assertThat(json.member(node, "no such name")).isEqualTo(-1);
      }
      case ARRAY -> {
        assertThat(other.isArray()).as(seed).isTrue();
        for (JsonNode item : other) {
          next = assertSame(json, next, item, seed);
        }
      }
      case STRING -> {
        String value = json.string(node);
        assertThat(value).as(seed).isEqualTo(other.textValue());
        if (json.ascii(node) && !json.escaped(node)) {
          char[] copy = new char[value.length() + 1];
          assertThat(json.copyAscii(node, copy, 1)).isEqualTo(value.length());
          assertThat(new String(copy, 1, value.length())).isEqualTo(value);
          assertThat(json.stringEquals(node, value)).isTrue();
        }
        assertThat(json.stringEquals(node, value + "x")).isFalse();
      }
      case NUMBER -> assertThat(json.number(node)).as(seed).isEqualTo(other.doubleValue() == 0 ? json.number(node) : other.doubleValue());
      case TRUE, FALSE -> assertThat(other.booleanValue()).as(seed).isEqualTo(json.kind(node) == JsonText.Kind.TRUE);
      case NULL -> assertThat(other.isNull()).as(seed).isTrue();
    }
    assertThat(json.next(node)).as(seed).isEqualTo(next);
    assertThat(json.end(node)).isGreaterThan(json.start(node));
    return next;
  }

  @Test
  @DisplayName("A12 a damaged text is never accepted where Jackson's strict parser refuses it")
  void refusesWhatJacksonRefuses() {
    int refused = 0;
    for (int seed = 0; seed < 4 * ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new RandomJson(random).text().getBytes(StandardCharsets.UTF_8);
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : "{}[]\",:\\0-.eE ".charAt(random.nextInt(14)));
      }
      boolean ours = accepts(bytes);
      boolean theirs = jacksonAccepts(bytes);
      refused += ours ? 0 : 1;
      // We refuse more (surrogates in escapes, huge numbers), never less.
      assertThat(!ours || theirs).as("seed %d", seed).isTrue();
    }
    assertThat(refused).isGreaterThan(ROUNDS);
  }

  private static boolean accepts(byte[] bytes) {
    try {
      JsonText.parse(bytes.clone(), JsonLimits.DEFAULT);
      return true;
    } catch (JsonException e) {
      return false;
    }
  }

  private static boolean jacksonAccepts(byte[] bytes) {
    try {
      // Through the JDK's strict decoder: Jackson guesses UTF-16 from zero bytes, and takes some surrogates in UTF-8.
      String text = StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
      return !JACKSON.readTree(text).isMissingNode();
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @Test
  @DisplayName("A2 edits give the same tree as the same edits on Jackson's tree, and touch no other byte")
  void editsAsJacksonEdits() throws Exception {
    int edited = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      RandomJson source = new RandomJson(random);
      String text = source.text();
      JsonText json = JsonText.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      JsonNode tree = JACKSON.readTree(text);
      Splices splices = new Splices(json);
      List<String> log = new ArrayList<>();
      edit(json, 0, tree, splices, random, source, log);
      SplicedText result = splices.apply();
      byte[] bytes = new byte[result.length()];
      result.buffer().get(bytes);
      assertThat(JsonText.parse(bytes.clone(), JsonLimits.DEFAULT).size()).as("seed %d", seed).isPositive();
      assertThat(JACKSON.readTree(new String(bytes, StandardCharsets.UTF_8))).as("seed %d: %s", seed, log).isEqualTo(tree);
      assertThat(result.source()).isSameAs(json);
      assertThat(splices.isEmpty()).isEqualTo(log.isEmpty());
      assertThat(splices.toBytes()).isEqualTo(bytes);
      edited += log.size();
    }
    assertThat(edited).isGreaterThan(ROUNDS);
  }

  private static void edit(JsonText json, int node, JsonNode tree, Splices splices, Random random, RandomJson source, List<String> log) throws Exception {
    if (tree instanceof ObjectNode object) {
      int key = node + 1;
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      // Renaming in Jackson's tree moves the member; equality of trees does not mind.
      for (String name : names) {
        int value = key + 1;
        switch (random.nextInt(7)) {
          case 0 -> {
            splices.remove(node, value);
            object.remove(name);
            log.add("remove");
          }
          case 1 -> {
            String fresh = source.value(4);
            splices.replace(value, fresh);
            object.set(name, JACKSON.readTree(fresh));
            log.add("replace");
          }
          case 2 -> {
            splices.rename(key, "renamed" + log.size());
            JsonNode child = object.remove(name);
            object.set("renamed" + log.size(), child);
            edit(json, value, child, splices, random, source, log);
            log.add("rename");
          }
          default -> edit(json, value, object.get(name), splices, random, source, log);
        }
        key = json.next(value);
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        String fresh = source.value(4);
        String name = "added" + log.size();
        splices.add(node, name, fresh);
        object.set(name, JACKSON.readTree(fresh));
        log.add("add");
      }
    } else if (tree instanceof ArrayNode array) {
      int item = node + 1;
      for (int i = 0; i < array.size(); i++) {
        if (random.nextInt(5) == 0) {
          String fresh = source.value(4);
          splices.replace(item, fresh);
          array.set(i, JACKSON.readTree(fresh));
          log.add("replace item");
        } else {
          edit(json, item, array.get(i), splices, random, source, log);
        }
        item = json.next(item);
      }
    }
  }

  @Test
  @DisplayName("what JsonWriter writes is strict JSON and reads back the same")
  void writesWhatReadsBackTheSame() throws Exception {
    for (int seed = 0; seed < ROUNDS; seed++) {
      JsonNode tree = JACKSON.readTree(new RandomJson(new Random(seed)).text());
      JsonWriter writer = new JsonWriter(seed % 7, JsonWriter.DEFAULT_MAX_BYTES);
      write(tree, writer);
      byte[] bytes = writer.toBytes();
      assertThat(JsonText.parse(bytes.clone(), JsonLimits.DEFAULT).length()).isEqualTo(bytes.length);
      assertThat(JACKSON.readTree(bytes).toString()).as("seed %d", seed).isEqualTo(numbersAsWritten(tree));
    }
  }

  private static String numbersAsWritten(JsonNode tree) throws Exception {
    JsonWriter writer = new JsonWriter();
    write(tree, writer);
    return JACKSON.readTree(new String(writer.toBytes(), StandardCharsets.UTF_8)).toString();
  }

  private static void write(JsonNode node, JsonWriter writer) {
    if (node.isObject()) {
      writer.beginObject();
      node.properties().forEach(member -> {
        writer.key(member.getKey());
        write(member.getValue(), writer);
      });
      writer.endObject();
    } else if (node.isArray()) {
      writer.beginArray();
      node.forEach(item -> write(item, writer));
      writer.endArray();
    } else if (node.isTextual()) {
      writer.string(node.textValue());
    } else if (node.isIntegralNumber()) {
      writer.number(node.longValue());
    } else if (node.isNumber()) {
      writer.number(node.doubleValue());
    } else if (node.isBoolean()) {
      writer.bool(node.booleanValue());
    } else {
      writer.nullValue();
    }
  }
}
