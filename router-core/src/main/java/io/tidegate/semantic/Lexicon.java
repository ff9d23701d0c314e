package io.tidegate.semantic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words and turns of phrase that the guards know, read once from the class path. Immutable. */
public final class Lexicon {
  private final Map<String, String> groups = new HashMap<>();
  private final Map<String, String> forms = new HashMap<>();
  private final Set<String> keep = new HashSet<>();
  private final Map<String, List<Rule>> frames = new HashMap<>();
  private final Map<String, List<Rule>> phrases = new HashMap<>();
  private final Set<String> vocabulary = new HashSet<>();
  private final ChineseLexicon chinese;

  /** Reads what ships with the daemon. */
  public Lexicon() {
    for (String line : lines("en-forms.txt")) {
      String[] words = line.split(" ");
      for (String form : words) {
        forms.put(form, words[0]);
      }
    }
    for (String line : lines("en-keep.txt")) {
      keep.addAll(List.of(line.split(" ")));
    }
    for (String line : lines("en-words.txt")) {
      String[] words = line.split(" ");
      for (String word : words) {
        if (groups.putIfAbsent(word, words[0]) != null) {
          throw new IllegalStateException("en-words.txt: a word is in two groups: " + word);
        }
      }
    }
    Map<String, List<Rule>> section = frames;
    for (String line : lines("en-rules.txt")) {
      if (line.startsWith("[")) {
        section = line.equals("[frames]") ? frames : phrases;
        continue;
      }
      Rule rule = Rule.read(line);
      vocabulary.addAll(rule.vocabulary());
      for (String first : rule.firsts()) {
        section.computeIfAbsent(first, word -> new ArrayList<>()).add(rule);
      }
    }
    vocabulary.addAll(groups.keySet());
    vocabulary.addAll(Grammar.KNOWN);
    chinese = new ChineseLexicon(lines("zh.txt"));
  }

  static List<String> lines(String file) {
    try (InputStream in = Lexicon.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from the program");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("# ") && !line.equals("#")).toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The name of the group of words that this base form belongs to; itself if it has none. */
  String group(String lemma) {
    String group = groups.get(lemma);
    return group == null ? lemma : group;
  }

  @Nullable String form(String lower) {
    return forms.get(lower);
  }

  boolean keeps(String lower) {
    return keep.contains(lower);
  }

  boolean knows(String word) {
    return vocabulary.contains(word);
  }

  List<Rule> frames(String first) {
    return frames.getOrDefault(first, List.of());
  }

  List<Rule> phrases(String first) {
    return phrases.getOrDefault(first, List.of());
  }

  ChineseLexicon chinese() {
    return chinese;
  }
}
