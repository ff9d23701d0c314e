package io.tidegate.assay.world;

import io.tidegate.line.LineConfig;
import io.tidegate.line.Rooms;
import io.tidegate.line.Rules;
import java.util.function.UnaryOperator;

/** Rehearsals of a line in which one part has been exchanged for a bad one. */
public final class Sabotaged {
  private Sabotaged() {}

  public static Rehearsal rehearsal(Rules rules, RehearsalPorts ports, LineConfig config, UnaryOperator<Rooms> sabotage) {
    return new Rehearsal(rules, ports, config, sabotage);
  }
}
