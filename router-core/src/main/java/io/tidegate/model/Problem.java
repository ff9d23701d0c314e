package io.tidegate.model;

/**
 * A mistake in a file an operator or a security team wrote. Problems are collected and shown all at once.
 *
 * @param file as the user named it
 * @param line 1-based, 0 if the whole file is meant
 * @param column 1-based, 0 if unknown
 * @param message what is wrong; names the key, never a secret's value
 * @param fix what to write instead
 */
public record Problem(String file, int line, int column, String message, String fix) {
  /** {@code file:line:column: message. Fix: …}, the form editors can jump to; {@code file: message. Fix: …} where the whole file is meant. */
  @Override
  public String toString() {
    return file + (line == 0 ? "" : ":" + line + ":" + column) + ": " + message + ". Fix: " + fix;
  }
}
