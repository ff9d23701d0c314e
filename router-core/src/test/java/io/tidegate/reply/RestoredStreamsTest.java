package io.tidegate.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Pseudonyms;
import io.tidegate.model.Pseudonyms.Pseudonym;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestoredStreamsTest {
  private static final int STREAMS = 10_000;

  private static final Pseudonyms TWO = new Pseudonyms(List.of(new Pseudonym("PERSON", "KJHGBC", "李雷"), new Pseudonym("CN_ID", "KJHGDF", "a \"quoted\" one")));

  @Test
  @DisplayName("decisions 13: 10,000 streams cut at random points come back exactly, no placeholder is left, no more is held than the longest")
  void restoredExactly() {
    long placeholders = 0;
    for (long seed = 0; seed < STREAMS; seed++) {
      StreamScript script = new StreamScript(seed);
      ReadStream read = new ReadStream();
      StreamRewriter stream = new AnswerRewriter(script.pseudonyms, false).stream();
      for (byte[] buffer : script.buffers()) {
        read.take(stream.frames(buffer));
      }
      Map<String, String> expected = new HashMap<>(script.expected);
      expected.values().removeIf(String::isEmpty);
      assertThat(read.texts).as("seed %d", seed).isEqualTo(expected);
      for (String text : script.said.values()) {
        placeholders += text.split("_" + StreamScript.NONCE, -1).length - 1;
      }
    }
    assertThat(placeholders).as("placeholders in all").isGreaterThan(STREAMS);
  }

  @Test
  @DisplayName("upstreams 1: at each frame the caller lacks no more than one placeholder of each text")
  void heldBackBounded() {
    for (long seed = 0; seed < 500; seed++) {
      StreamScript script = new StreamScript(seed);
      ReadStream read = new ReadStream();
      StreamRewriter stream = new AnswerRewriter(script.pseudonyms, false).stream();
      Map<String, String> fed = new HashMap<>();
      for (int i = 0; i < script.frames.size(); i++) {
        read.take(stream.frames(script.frames.get(i).getBytes(StandardCharsets.UTF_8)));
        String name = script.pieces.get(i).getKey();
        if (!name.isEmpty()) {
          fed.merge(name, script.pieces.get(i).getValue(), String::concat);
          String due = script.restoredNaively(fed.get(name), name.contains("arguments"));
          String got = read.texts.getOrDefault(name, "");
          assertThat(got.length()).as("seed %d, frame %d", seed, i).isGreaterThanOrEqualTo(due.length() - script.longest);
          assertThat(script.expected.get(name)).startsWith(got);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("A placeholder is known in the ways models write it")
  @CsvSource({"PERSON_KJHGBC,李雷", "person_kjhgbc,李雷", "Person_Kjhgbc,李雷", "PERSON\\_KJHGBC,李雷", "PERSON-KJHGBC,李雷", "PERSON KJHGBC,李雷", "PERSONKJHGBC,李雷", "KJHGBC,李雷",
      "**PERSON_KJHGBC**,**李雷**", "[PERSON_KJHGBC],[李雷]", "PERSON_KJHGBC's,李雷's", "PERSON_KJHGBCPERSON_KJHGBC,李雷李雷", "PPERSON_KJHGBC,P李雷", "PERSON\\u005fKJHGBC,李雷",
      "PERSON_KJHGXX,PERSON_KJHGXX", "PERSON_KJHG,PERSON_KJHG", "PERSON__KJHGBC,PERSON__李雷", "ORG_KJHGBC,ORG_李雷", "PERSON_KJHGB C,PERSON_KJHGB C", "KKJHGBC,K李雷"})
  void spellings(String said, String read) {
    for (int cut = 0; cut <= said.length(); cut++) {
      Restorer restorer = new Restorer(new Placeholders(TWO), false);
      assertThat(restorer.feed(said.substring(0, cut), false) + restorer.feed(said.substring(cut), true)).as("cut at %d", cut).isEqualTo(read);
    }
  }

  @Test
  @DisplayName("A stream that ends within a placeholder shows what came of it")
  void truncated() {
    ReadStream read = new ReadStream();
    StreamRewriter stream = new AnswerRewriter(TWO, false).stream();
    read.take(stream.frames(chunk("\"content\":\"I am PERSON_KJ\"", "null")));
    assertThat(read.texts).containsValue("I am ");
    read.take(stream.frames(chunk("", "\"length\"")));
    assertThat(read.texts).containsValue("I am PERSON_KJ");
    assertThat(read.finished).containsExactly(0);
  }

  @Test
  @DisplayName("Reasoning comes out whole before the content that follows it")
  void reasoningFirst() {
    StreamRewriter stream = new AnswerRewriter(TWO, false).stream();
    String out = text(stream.frames(chunk("\"reasoning_content\":\"who is PERSON\"", "null")))
        + text(stream.frames(chunk("\"content\":\"Hi\"", "null")));
    assertThat(out.indexOf("PERSON")).isPositive().isLessThan(out.indexOf("Hi"));
  }

  @Test
  @DisplayName("Originals are escaped inside tool arguments, and inside content that the caller asked for as JSON")
  void escapedInsideJson() {
    String frame = text(new AnswerRewriter(TWO, true).stream().frames(chunk("\"content\":\"{\\\"id\\\":\\\"CN_ID_KJHGDF\\\"}\"", "\"stop\"")));
    assertThat(frame).contains("{\\\"id\\\":\\\"a \\\\\\\"quoted\\\\\\\" one\\\"}");
    String plain = text(new AnswerRewriter(TWO, false).stream().frames(chunk("\"content\":\"it is CN_ID_KJHGDF\"", "\"stop\"")));
    assertThat(plain).contains("it is a \\\"quoted\\\" one");
  }

  @Test
  @DisplayName("Whole answers: every text, names of tools included; tokens that spell placeholders go")
  void wholeAnswer() {
    String answer = "{\"id\":\"PERSON_KJHGBC\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Dear PERSON_KJHGBC\",\"reasoning_content\":\"CN_ID_KJHGDF\","
        + "\"refusal\":\"no, KJHGBC\",\"tool_calls\":[{\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"mail_PERSON_KJHGBC\",\"arguments\":\"{\\\"id\\\":\\\"CN_ID_KJHGDF\\\"}\"}}]},"
        + "\"logprobs\":{\"content\":[{\"token\":\"PERSON\"}]},\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":1}}";
    String read = text(new AnswerRewriter(TWO, false).whole(answer.getBytes(StandardCharsets.UTF_8)));
    assertThat(read).contains("Dear 李雷", "\"reasoning_content\":\"a \\\"quoted\\\" one\"", "no, 李雷", "mail_李雷", "{\\\"id\\\":\\\"a \\\\\\\"quoted\\\\\\\" one\\\"}", "\"logprobs\":null")
        .contains("\"id\":\"PERSON_KJHGBC\",\"choices\"");
  }

  @Test
  @DisplayName("Another request's placeholders are not touched")
  void othersUntouched() {
    Pseudonyms other = new Pseudonyms(List.of(new Pseudonym("PERSON", "ZXVTBC", "韩梅梅")));
    Restorer restorer = new Restorer(new Placeholders(other), false);
    assertThat(restorer.feed("PERSON_KJHGBC and PERSON_ZXVTBC", true)).isEqualTo("PERSON_KJHGBC and 韩梅梅");
  }

  private static byte[] chunk(String delta, String reason) {
    return ("data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{" + delta + "},\"finish_reason\":" + reason + "}]}\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
