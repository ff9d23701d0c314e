package io.tidegate.classify;

import io.tidegate.model.Likelihood;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The detection packs that come with the daemon: text files beside this class, one a pack and version, which say in plain words what each type is and hold the words,
 * windows, token forms and likelihoods that the detectors use. Read once, when this class is first touched; a mistake in one stops the start.
 */
final class Packs {
  /** What this build has, in the order of the files' reading. */
  static final List<String> NAMES = List.of("pii-cn@1", "pii-us@1", "pii-intl@1", "contact@1", "health@1", "secrets@1", "legal@1", "hr@1",
      "state-secret@1");
  /** All of {@link #NAMES}, read. */
  static final Packs BUILT_IN = new Packs();

  private final Map<Topic, List<String>> words = new EnumMap<>(Topic.class);
  private final List<TokenForm> tokens = new ArrayList<>();
  private final List<PackRule> rules = new ArrayList<>();
  /** {@code TYPE detector} of every line that says what a type is. */
  private final Set<String> said = new TreeSet<>();

  private Packs() {
    for (String name : NAMES) {
      new Reader(name).read();
    }
  }

  /** Words by topic; a {@code ~} at an end lets letters follow there, a space stands for a hyphen or underscore too. */
  Map<Topic, List<String>> words() {
    return words;
  }

  List<TokenForm> tokens() {
    return tokens;
  }

  List<PackRule> rules() {
    return rules;
  }

  /** What the packs claim: {@code TYPE detector-id}. */
  Set<String> said() {
    return said;
  }

  /** Reads one file. */
  private final class Reader {
    private final String pack;
    private int line;
    private @Nullable Topic topic;
    private boolean table;
    private @Nullable String rule;
    private final List<String> settings = new ArrayList<>();

    Reader(String pack) {
      this.pack = pack;
    }

    void read() {
      try (InputStream in = Packs.class.getResourceAsStream("packs/" + pack + ".txt");
          BufferedReader lines = new BufferedReader(new InputStreamReader(Objects.requireNonNull(in, pack), StandardCharsets.UTF_8))) {
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
          line++;
          if (!text.isBlank() && !text.startsWith("#")) {
            line(text);
          }
        }
        endRule();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void line(String text) {
      if (text.startsWith("  ")) {
        inner(text);
        return;
      }
      endRule();
      topic = null;
      table = false;
      String[] part = text.strip().split(" ");
      switch (part[0]) {
        case "pack" -> check(part.length == 2 && part[1].equals(pack), "another pack's name");
        case "words" -> {
          check(part.length == 2, "words take one topic");
          topic = Topic.valueOf(part[1]);
        }
        case "tokens" -> table = true;
        case "rule" -> {
          check(part.length == 5 && part[3].equals("on"), "write: rule ID TYPE on TOPIC");
          rule = text.strip();
          said.add(part[2] + " " + part[1]);
        }
        case "type" -> type(text);
        default -> check(false, "unknown word");
      }
    }

    /** {@code type TYPE by detector, detector: what it takes}. */
    private void type(String text) {
      int by = text.indexOf(" by ");
      int colon = text.indexOf(": ");
      check(by > 0 && colon > by, "write: type TYPE by DETECTOR: what it takes");
      for (String detector : text.substring(by + 4, colon).split(", ")) {
        said.add(text.substring(5, by) + " " + detector);
      }
    }

    private void inner(String text) {
      if (rule != null) {
        settings.add(text.strip());
        return;
      }
      for (String item : text.split("\\|")) {
        String word = item.strip();
        if (word.isEmpty()) {
          continue;
        }
        if (table) {
          tokens.add(TokenForm.of(word));
        } else if (topic != null) {
          words.computeIfAbsent(topic, t -> new ArrayList<>()).add(word.length() > 2 && word.startsWith("\"")
              && word.endsWith("\"") ? word.substring(1, word.length() - 1) : word);
        }
      }
    }

    private void endRule() {
      if (rule != null) {
        rules.add(PackRule.of(rule.split(" "), settings));
        settings.clear();
        rule = null;
      }
    }

    private void check(boolean right, String what) {
      if (!right) {
        throw new IllegalArgumentException("packs/" + pack + ".txt:" + line + ": " + what);
      }
    }
  }

  /** {@code LIKELY} or {@code nothing}. */
  static Likelihood likelihood(String word) {
    return word.equals("nothing") ? Likelihood.VERY_UNLIKELY : Likelihood.valueOf(word);
  }
}
