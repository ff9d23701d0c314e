package io.tidegate.model;

/** How long a caller can wait; decides order of routes, time-outs and who is shed first. */
public enum LatencyClass {
  /** Someone is waiting at a screen. */
  INTERACTIVE,
  STANDARD,
  /** May wait minutes; shed first. */
  BATCH
}
