package io.tidegate.model;

/** How far content may travel; a total order, {@code PUBLIC} lowest. */
public enum Sensitivity {
  PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED;

  /** The higher of the two: classification only ever raises. */
  public Sensitivity join(Sensitivity other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
