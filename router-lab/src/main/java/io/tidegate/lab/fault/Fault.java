package io.tidegate.lab.fault;

import io.tidegate.lab.plan.Plan;
import java.util.function.Consumer;

/**
 * One way to spoil an answer. Immutable; the factories are in {@link Faults}, {@link StreamFaults} and {@link ConnectionFaults}.
 */
public final class Fault {
  private final String name;
  private final boolean early;
  private final Consumer<Plan> spoiler;

  private Fault(String name, boolean early, Consumer<Plan> spoiler) {
    this.name = name;
    this.early = early;
    this.spoiler = spoiler;
  }

  /** A fault that strikes once the request is in. */
  static Fault of(String name, Consumer<Plan> spoiler) {
    return new Fault(name, false, spoiler);
  }

  /** A fault that strikes at the request's head, before its body is read. Its plan is empty of content. */
  static Fault early(String name, Consumer<Plan> spoiler) {
    return new Fault(name, true, spoiler);
  }

  /** No fault: keeps a place in a script for a good answer. */
  public static Fault none() {
    return of("none", plan -> { });
  }

  /** This fault, then another on what it left. Both strike at the same moment, so early faults only go with early ones. */
  public Fault and(Fault other) {
    if (early != other.early) {
      throw new IllegalArgumentException(name + " and " + other.name + " strike at different moments");
    }
    return new Fault(name + " and " + other.name, early, plan -> {
      spoiler.accept(plan);
      other.spoiler.accept(plan);
    });
  }

  public boolean early() {
    return early;
  }

  public void spoil(Plan plan) {
    spoiler.accept(plan);
  }

  @Override
  public String toString() {
    return name;
  }
}
