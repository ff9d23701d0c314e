package io.tidegate.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Cuts a failing schedule down to events each of which it needs (Zeller and Hildebrandt's delta debugging, by complements). */
final class Shrinker {
  private static final int MOST_RUNS = 2_000;

  private Shrinker() {}

  /** @param fails whether a schedule shows the failure */
  static Schedule shrink(Schedule failing, Predicate<Schedule> fails) {
    List<Event> events = failing.events();
    int parts = 2;
    int runs = 0;
    while (events.size() >= 2 && runs < MOST_RUNS) {
      int size = Math.max(1, (events.size() + parts - 1) / parts);
      boolean cut = false;
      for (int from = 0; from < events.size() && !cut && runs < MOST_RUNS; from += size) {
        List<Event> rest = new ArrayList<>(events.subList(0, from));
        rest.addAll(events.subList(Math.min(events.size(), from + size), events.size()));
        runs++;
        if (fails.test(failing.with(rest))) {
          events = rest;
          parts = Math.max(2, parts - 1);
          cut = true;
        }
      }
      if (!cut) {
        if (size == 1) {
          break;
        }
        parts = Math.min(events.size(), parts * 2);
      }
    }
    return failing.with(events);
  }
}
