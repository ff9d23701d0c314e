package io.tidegate.lab.sim;

/** Something that callers ask: a client of theirs, or the router. */
public interface Service {
  Outcome ask(Ask ask);

  /** Requests that were sent to servers. */
  long sent();

  /** What is left under way: 0 once everything has run out. */
  int left();
}
