package io.tidegate.reply;

import io.tidegate.model.Pseudonyms;
import io.tidegate.model.Pseudonyms.Pseudonym;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One made-up stream: what a model says in several choices, fields and tool calls, with placeholders in it, and what the caller must read. All from
 * one seed.
 */
final class StreamScript {
  static final String NONCE = "KJHG";

  private static final String[] FILLERS = {"Hello ", "dear ", "，您好", "é", "😀", "\n", "\t", "\"", "\\", "/", "PERSON", "PERSON_", "PERS", "E", "EMAIL_", "CN_", "CN_ID_KJ", "KJHG", "KJHGZZ", "PERSON_KJHGZZ",
      "p", "k", "kj", "{", "}", ": ", "_", "-", " ", "CN-ID", "\\u005f", "&amp;", "x", "7", "\u2028", "<b>", "PHONE_", "PHONE_KJH"};
  private static final String[] ORIGINALS = {"李雷", "O'Neil \"Bo\" Smith", "bo@corp.example", "11010519491231002X", "+86 138-0013-8000", "back\\slash", "two\nlines", "😀 smile", "a", "PERSON", "KJHG",
      "PERSON_KJHGBC", "\u0001"};
  private static final String[] WORDS = {"PERSON", "EMAIL", "CN_ID", "PHONE", "PERSON_NAME"};
  private static final String LETTERS = "BCDFGHJKLMNPRTVXZ";

  final Pseudonyms pseudonyms;
  /** What the model says, by text: {@code choice/field/tool}. */
  final Map<String, String> said = new LinkedHashMap<>();
  /** What the caller must read. */
  final Map<String, String> expected = new LinkedHashMap<>();
  /** Frames in order. */
  final List<String> frames = new ArrayList<>();
  /** The text that each frame carries a piece of, and that piece; empty for none. */
  final List<Map.Entry<String, String>> pieces = new ArrayList<>();
  final int longest;

  private final Random random;

  StreamScript(long seed) {
    random = new Random(seed);
    List<Pseudonym> list = new ArrayList<>();
    int most = 0;
    for (int i = 0, n = 1 + random.nextInt(5); i < n; i++) {
      Pseudonym made = new Pseudonym(WORDS[random.nextInt(WORDS.length)], NONCE + LETTERS.charAt(i) + LETTERS.charAt(16 - i), ORIGINALS[random.nextInt(ORIGINALS.length)]);
      list.add(made);
      most = Math.max(most, made.placeholder().length());
    }
    pseudonyms = new Pseudonyms(list);
    longest = most;
    int choices = 1 + random.nextInt(3);
    for (int choice = 0; choice < choices; choice++) {
      if (random.nextBoolean()) {
        text(choice + "/reasoning_content/-1", false);
      }
      text(choice + (random.nextInt(8) == 0 ? "/refusal/-1" : "/content/-1"), false);
      for (int tool = 0, tools = random.nextInt(3); tool < tools; tool++) {
        text(choice + "/arguments/" + tool, true);
      }
    }
    schedule(choices);
  }

  private void text(String name, boolean json) {
    StringBuilder says = new StringBuilder();
    StringBuilder reads = new StringBuilder();
    if (json) {
      says.append("{\"to\":\"");
      reads.append("{\"to\":\"");
    }
    for (int i = 0, n = random.nextInt(12); i < n; i++) {
      if (random.nextInt(3) == 0) {
        Pseudonym one = pseudonyms.list().get(random.nextInt(pseudonyms.list().size()));
        says.append(one.placeholder());
        reads.append(json ? escaped(one.original()) : one.original());
      } else {
        String filler = FILLERS[random.nextInt(FILLERS.length)];
        filler = json ? escaped(filler) : filler;
        says.append(filler);
        reads.append(filler);
      }
    }
    says.append(json ? "\"}" : "");
    reads.append(json ? "\"}" : "");
    // What filler and placeholder make together is said by chance, not by intention: such a text proves nothing.
    if (restoredNaively(says.toString(), json).equals(reads.toString())) {
      said.put(name, says.toString());
      expected.put(name, reads.toString());
    }
  }

  /** By plain search in the whole text, the other way to the same result. */
  String restoredNaively(String text, boolean json) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      Pseudonym here = null;
      for (Pseudonym one : pseudonyms.list()) {
        if (text.startsWith(one.placeholder(), i)) {
          here = one;
        }
      }
      if (here == null) {
        out.append(text.charAt(i++));
      } else {
        out.append(json ? escaped(here.original()) : here.original());
        i += here.placeholder().length();
      }
    }
    return out.toString();
  }

  private static String escaped(String text) {
    String quoted = JsonWriter.quote(text);
    return quoted.substring(1, quoted.length() - 1);
  }

  private void schedule(int choices) {
    Map<String, Integer> at = new LinkedHashMap<>();
    said.forEach((name, text) -> at.put(name, 0));
    List<Integer> open = new ArrayList<>();
    for (int choice = 0; choice < choices; choice++) {
      open.add(choice);
      frame("{\"index\":" + choice + ",\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}", "", "");
    }
    while (!open.isEmpty()) {
      int choice = open.get(random.nextInt(open.size()));
      List<String> left = at.keySet().stream().filter(name -> name.startsWith(choice + "/") && at.get(name) < said.get(name).length()).toList();
      if (left.isEmpty()) {
        open.remove(Integer.valueOf(choice));
        frame("{\"index\":" + choice + ",\"delta\":{},\"finish_reason\":\"stop\"}", "", "");
        continue;
      }
      // Reasoning first, as models do; tool calls interleaved.
      String name = left.get(0).contains("reasoning") || left.get(0).contains("content") ? left.get(0) : left.get(random.nextInt(left.size()));
      String text = said.get(name);
      int from = at.get(name);
      int to = Math.min(text.length(), from + 1 + random.nextInt(random.nextBoolean() ? 3 : 30));
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to++;
      }
      at.put(name, to);
      String piece = text.substring(from, to);
      String field = name.split("/")[1];
      boolean lastOfAll = left.size() == 1 && to == text.length() && random.nextBoolean();
      String delta = field.equals("arguments")
          ? "\"tool_calls\":[{\"index\":" + name.split("/")[2] + ",\"function\":{\"arguments\":" + quoted(piece) + "}}]" : '"' + field + "\":" + quoted(piece);
      frame("{\"index\":" + choice + ",\"delta\":{" + delta + "},\"finish_reason\":" + (lastOfAll ? "\"stop\"" : "null") + "}", name, piece);
      if (lastOfAll) {
        open.remove(Integer.valueOf(choice));
      }
    }
  }

  private void frame(String choice, String name, String piece) {
    frames.add("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[" + choice + "]}\n\n");
    pieces.add(Map.entry(name, piece));
  }

  /** A JSON string in one of its many spellings. */
  private String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (random.nextInt(6) == 0 || c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
        // A pair must be spelt one way.
        if (Character.isHighSurrogate(c)) {
          out.append(String.format("\\u%04x", (int) text.charAt(++i)));
        }
      } else if (Character.isHighSurrogate(c)) {
        out.append(c).append(text.charAt(++i));
      } else {
        out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
      }
    }
    return out.append('"').toString();
  }

  /** All frames, in groups as buffers bring them. */
  List<byte[]> buffers() {
    List<byte[]> buffers = new ArrayList<>();
    StringBuilder group = new StringBuilder();
    for (String frame : frames) {
      group.append(frame);
      if (random.nextInt(3) > 0) {
        buffers.add(group.toString().getBytes(StandardCharsets.UTF_8));
        group.setLength(0);
      }
    }
    buffers.add(group.toString().getBytes(StandardCharsets.UTF_8));
    return buffers;
  }
}
