package io.tidegate.classify;

/**
 * One reading of text of the request (hazard A11): a string as it came, keys too; or a folded or decoded reading, which may hold several strings, each on its own
 * line; or strings joined at their borders (hazard A10). Strings above 8 Ki characters come in pieces that overlap.
 */
public interface TextView extends CharSequence {
  /** The characters from 0 to {@link #length()}; not to be changed or kept. For loops that need speed. */
  char[] array();
}
