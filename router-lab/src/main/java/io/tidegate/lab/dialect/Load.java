package io.tidegate.lab.dialect;

/** What an emulator's gauges show. Safe for any thread. */
public interface Load {
  /** Requests being computed. */
  int running();

  /** Requests waiting for a slot. */
  int waiting();
}
