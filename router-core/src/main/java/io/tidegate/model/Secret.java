package io.tidegate.model;

/** A key or token. Prints as a mask everywhere (hazard B2). */
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /** The value itself: for the one place that sends or compares it. */
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
