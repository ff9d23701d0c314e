package io.tidegate.classify;

/** One reading of one string of the request: raw, or folded, or decoded (hazard A11). */
public interface TextView extends CharSequence {
  /** The characters from 0 to {@link #length()}; not to be changed. For loops that need speed. */
  char[] array();
}
