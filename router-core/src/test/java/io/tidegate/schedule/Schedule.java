package io.tidegate.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What happens, in order of time.
 *
 * @param seed of what is not an event: balancing methods, jitter, and whose turn it is among tasks of two loops
 */
record Schedule(long seed, List<Event> events) {
  Schedule {
    List<Event> sorted = new ArrayList<>(events);
    sorted.sort(Comparator.comparingLong(Event::atMillis));
    events = List.copyOf(sorted);
  }

  static Schedule of(long seed) {
    return new Schedule(seed, new Mix(seed).events());
  }

  /** Reads what {@link #toString} wrote; lines that begin with {@code #} are remarks. */
  static Schedule parse(String text) {
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    return new Schedule(Long.parseLong(lines.get(0).replace("seed ", "")), lines.stream().skip(1).map(Event::parse).toList());
  }

  Schedule with(List<Event> others) {
    return new Schedule(seed, others);
  }

  @Override
  public String toString() {
    return "seed " + seed + "\n" + events.stream().map(Event::toString).collect(Collectors.joining("\n")) + "\n";
  }
}
