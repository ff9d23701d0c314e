package io.tidegate.wire;

/**
 * A closed list of edits on a validated text (decisions 2): all bytes not named by an edit stay the caller's own. Edits must not overlap.
 * Not thread-safe.
 */
public final class Splices {
  private final JsonText source;

  public Splices(JsonText source) {
    this.source = source;
  }

  /** Puts {@code json} (a valid JSON value in ASCII or UTF-8) in the place of a value. */
  public Splices replace(int valueNode, String json) {
    throw new UnsupportedOperationException("wire: in work");
  }

  /** Renames a key; {@code name} is plain ASCII. */
  public Splices rename(int keyNode, String name) {
    throw new UnsupportedOperationException();
  }

  /** Removes a member, with the comma that joins it. {@code valueNode} is the member's value. */
  public Splices remove(int object, int valueNode) {
    throw new UnsupportedOperationException();
  }

  /** Adds a member at the object's end. The caller has checked that the key is absent. */
  public Splices add(int object, String name, String json) {
    throw new UnsupportedOperationException();
  }

  /** The text after all edits. Without any edit it shares the source's bytes. */
  public SplicedText apply() {
    throw new UnsupportedOperationException();
  }
}
