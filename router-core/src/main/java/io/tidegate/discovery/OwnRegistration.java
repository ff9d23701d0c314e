package io.tidegate.discovery;

/**
 * The daemon's own registration as a sign of sight: if the agent says it stands and Consul does not show it, rights are missing, and an
 * empty list proves nothing. Consul before 1.11 has no header that says so. Any thread.
 */
public interface OwnRegistration {
  /** Whether the agent confirmed it lately. */
  boolean registered();

  String service();

  String id();
}
