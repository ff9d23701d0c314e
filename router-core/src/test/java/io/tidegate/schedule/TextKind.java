package io.tidegate.schedule;

import io.tidegate.model.Sensitivity;

/** What a request says, and what it is at the least, whoever decides. */
enum TextKind {
  HARMLESS(Sensitivity.INTERNAL, "sort a list "),
  /** Several ask the same: may share a call, and a stored answer. */
  SAME(Sensitivity.INTERNAL, "what day is it "),
  SECRET(Sensitivity.RESTRICTED, "keep SECRETWORD "),
  CONTACT(Sensitivity.CONFIDENTIAL, "write to CONTACT"),
  /** Goes on in the pool. */
  LONG_SECRET(Sensitivity.RESTRICTED, "and so on ".repeat(120) + "SECRETWORD "),
  LONG(Sensitivity.INTERNAL, "and so forth ".repeat(100)),
  /** No detector survives it. */
  BRITTLE(Sensitivity.RESTRICTED, "a BRITTLE one ");

  final Sensitivity least;
  private final String words;

  TextKind(Sensitivity least, String words) {
    this.least = least;
    this.words = words;
  }

  /** The text that {@code name} asks; only in it stands {@code canary<name>q}. */
  String text(String name) {
    return words + "canary" + name + "q";
  }
}
