package io.tidegate.gguf.engine;

/** One message of a conversation. It is content: it prints its length only (G3). */
public record Turn(Role role, String text) {
  /** Who speaks. */
  public enum Role {
    SYSTEM, USER, ASSISTANT, TOOL;

    /** As templates write it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return "Turn[" + role + ", " + text.length() + " characters]";
  }
}
