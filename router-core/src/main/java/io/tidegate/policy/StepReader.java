package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Transformation;
import io.tidegate.policy.RouteStep.When;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlPosition;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one cell of the table of routes: plain words, or steps such as <code>{to: public, when: busy, after: pseudonymise}</code>. */
final class StepReader {
  private StepReader() {}

  /** A step and where it stands. */
  private record Placed(RouteStep step, YamlPosition position) {}

  static List<RouteStep> cell(YamlMap row, String key, Sensitivity sensitivity) {
    List<Placed> cell = row.mixed(key,
        text -> row.wordOf(text, key, Destination.class).map(to -> new Placed(RouteStep.to(to), text.position())), StepReader::step);
    Set<Destination> seen = EnumSet.noneOf(Destination.class);
    boolean upstreamBefore = false;
    for (Placed placed : cell) {
      RouteStep step = placed.step();
      if (!seen.add(step.to())) {
        row.problem(placed.position(), "a destination is named twice", "name each once, in order of preference");
      }
      if (step.to() == Destination.EDGE_CACHE) {
        if (seen.size() > 1) {
          row.problem(placed.position(), "the edge cache is asked first or not at all", "move 'edge-cache' to the front");
        }
      } else {
        if (step.when() != When.ALWAYS && !upstreamBefore) {
          row.problem(placed.position(), "'when' speaks of the steps before, and no upstream stands before this one",
              "remove 'when', or put another step in front");
        }
        upstreamBefore = true;
      }
      if (step.to() == Destination.PUBLIC) {
        leaving(row, placed, sensitivity);
      }
    }
    return cell.stream().map(Placed::step).toList();
  }

  private static void leaving(YamlMap row, Placed placed, Sensitivity sensitivity) {
    switch (sensitivity) {
      case RESTRICTED -> row.problem(placed.position(), "RESTRICTED content may never go to a public upstream (G1), cleaned or not", "remove 'public'");
      case CONFIDENTIAL -> {
        if (placed.step().after() == null) {
          row.problem(placed.position(), "CONFIDENTIAL content may go to a public upstream only once it is cleaned (G1)",
              "write '{to: public, after: pseudonymise}', or remove 'public'");
        }
      }
      case INTERNAL, PUBLIC -> { }
    }
  }

  private static Optional<Placed> step(YamlMap map) {
    Optional<Destination> to = map.has("to") ? map.optionalEnumeration("to", Destination.class) : Optional.empty();
    if (!map.has("to")) {
      map.problem(map.position(), "this step does not say where it leads", "add 'to: private' or 'to: public'");
    }
    When when = map.enumeration("when", When.class, When.ALWAYS);
    Transformation after = map.optionalEnumeration("after", Transformation.class).orElse(null);
    boolean conditional = map.has("when");
    map.end();
    if (to.isEmpty()) {
      return Optional.empty();
    }
    if (to.get() == Destination.EDGE_CACHE && conditional) {
      map.problem("when", "the edge cache is asked first or not at all", "remove 'when'");
    }
    if (to.get() != Destination.PUBLIC && map.has("after")) {
      map.problem("after", "only what goes to a public upstream is cleaned first", "remove 'after'");
    }
    return Optional.of(new Placed(new RouteStep(to.get(), when, after), map.position()));
  }
}
