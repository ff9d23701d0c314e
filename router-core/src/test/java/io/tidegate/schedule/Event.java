package io.tidegate.schedule;

import java.util.Arrays;
import java.util.List;

/**
 * One thing that happens. Stands alone: it means the same whatever other events are played, so that a schedule can be cut down.
 *
 * @param atMillis since the schedule began
 * @param verb what happens; {@link Mix} lists the verbs
 * @param words to whom, and how; without spaces
 */
record Event(long atMillis, String verb, List<String> words) {
  static Event of(long atMillis, String verb, Object... words) {
    return new Event(atMillis, verb, Arrays.stream(words).map(String::valueOf).toList());
  }

  static Event parse(String line) {
    String[] parts = line.strip().split(" +");
    return new Event(Long.parseLong(parts[0]), parts[1], List.of(parts).subList(2, parts.length));
  }

  String word(int index) {
    return words.get(index);
  }

  long number(int index) {
    return Long.parseLong(words.get(index));
  }

  @Override
  public String toString() {
    return atMillis + " " + verb + " " + String.join(" ", words);
  }
}
