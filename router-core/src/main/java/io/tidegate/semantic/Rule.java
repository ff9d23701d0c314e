package io.tidegate.semantic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One way of asking the same, read from a line such as {@code ^ what be the (fast|quick) way to => @how $1}. Immutable.
 *
 * <p>{@code ^} start of a sentence, {@code $} its end, {@code (a|b)} one of these, {@code x?} perhaps, {@code #} a number; what follows {@code /} must come
 * next and stays; {@code $1} what the first parenthesis took.
 */
final class Rule {
  private record Element(List<String[]> choices, boolean optional, boolean group) {}

  private final boolean atStart;
  private final boolean atEnd;
  private final List<Element> elements;
  private final List<Element> next;
  private final List<String> replacement;

  private Rule(boolean atStart, boolean atEnd, List<Element> elements, List<Element> next, List<String> replacement) {
    this.atStart = atStart;
    this.atEnd = atEnd;
    this.elements = elements;
    this.next = next;
    this.replacement = replacement;
  }

  /** What a match covers, and what the groups took. */
  record Match(int end, List<Token> out) {}

  static Rule read(String line) {
    int arrow = line.indexOf("=>");
    String left = line.substring(0, arrow).strip();
    List<String> out = words(line.substring(arrow + 2));
    int slash = left.indexOf(" / ");
    List<Element> next = new ArrayList<>();
    if (slash >= 0) {
      for (String word : words(left.substring(slash + 3))) {
        next.add(element(word));
      }
      left = left.substring(0, slash);
    }
    boolean start = left.startsWith("^");
    boolean end = left.endsWith("$");
    List<Element> elements = new ArrayList<>();
    for (String word : words(left.substring(start ? 1 : 0, end ? left.length() - 1 : left.length()))) {
      elements.add(element(word));
    }
    return new Rule(start, end, List.copyOf(elements), List.copyOf(next), out);
  }

  private static List<String> words(String text) {
    String stripped = text.strip();
    return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
  }

  private static Element element(String written) {
    boolean optional = written.endsWith("?");
    String inside = optional ? written.substring(0, written.length() - 1) : written;
    boolean group = inside.startsWith("(");
    if (group) {
      inside = inside.substring(1, inside.length() - 1);
    }
    List<String[]> choices = new ArrayList<>();
    for (String choice : inside.split("\\|")) {
      choices.add(choice.split("-"));
    }
    return new Element(List.copyOf(choices), optional, group);
  }

  boolean atStart() {
    return atStart;
  }

  /** The words it can begin with. */
  Set<String> firsts() {
    Set<String> firsts = new HashSet<>();
    for (Element element : elements) {
      element.choices.forEach(choice -> firsts.add(choice[0]));
      if (!element.optional) {
        break;
      }
    }
    return firsts;
  }

  /** Every word it reads. */
  Set<String> vocabulary() {
    Set<String> all = new HashSet<>();
    elements.forEach(element -> element.choices.forEach(choice -> all.addAll(List.of(choice))));
    return all;
  }

  /** @return -1, or the index after what matches from {@code from} on; {@code groups} receives what the parentheses took */
  int match(List<Token> tokens, int from, int end, List<Token> groups) {
    return match(tokens, from, end, 0, groups);
  }

  private int match(List<Token> tokens, int at, int end, int element, List<Token> groups) {
    if (element == elements.size()) {
      return atEnd && at != end || !follows(tokens, at, end) ? -1 : at;
    }
    Element wanted = elements.get(element);
    for (String[] choice : wanted.choices) {
      if (matches(tokens, at, end, choice)) {
        int have = groups.size();
        if (wanted.group) {
          groups.add(tokens.get(at));
        }
        int after = match(tokens, at + choice.length, end, element + 1, groups);
        if (after >= 0) {
          return after;
        }
        while (groups.size() > have) {
          groups.remove(groups.size() - 1);
        }
      }
    }
    return wanted.optional ? match(tokens, at, end, element + 1, groups) : -1;
  }

  private boolean follows(List<Token> tokens, int at, int end) {
    if (next.isEmpty()) {
      return true;
    }
    for (String[] choice : next.get(0).choices) {
      if (matches(tokens, at, end, choice)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(List<Token> tokens, int at, int end, String[] choice) {
    if (at + choice.length > end) {
      return false;
    }
    for (int i = 0; i < choice.length; i++) {
      Token token = tokens.get(at + i);
      if (choice[i].equals("#") ? token.kind != Token.Kind.NUMBER : !(token.isWord() && (token.lemma.equals(choice[i]) || token.raw.equals(choice[i])))) {
        return false;
      }
    }
    return true;
  }

  List<Token> replacement(List<Token> groups) {
    List<Token> out = new ArrayList<>();
    for (String word : replacement) {
      if (word.length() == 2 && word.charAt(0) == '$') {
        int group = word.charAt(1) - '1';
        if (group < groups.size()) {
          out.add(groups.get(group).plain());
        }
      } else {
        out.add(Token.written(word));
      }
    }
    return out;
  }
}
