package io.tidegate.admin;

import java.util.List;

/** What the admin listener shows; plugged in by the daemon. Called off the event loops. */
public interface AdminPages {
  /** The process works: event loops turn. */
  boolean live();

  /** The daemon takes requests: policy, sockets and audit are usable and it is not draining. */
  boolean ready();

  /** Prometheus text format. */
  String metrics();

  /** JSON: version, policy, upstreams with endpoints and health, cache, audit; no content, no secret. */
  String status();

  /** What an operator should know although {@link #ready}: one line each. */
  default List<String> warnings() {
    return List.of();
  }

  /** JSON: what a shadow policy would have changed; no text of a request. */
  String shadow();

  /** Reads the policies again; waits for how it ends. */
  Reload reloadPolicies();

  /**
   * How a reload ended.
   *
   * @param accepted what was read is in force now, or was already
   * @param json the outcome, with every problem
   */
  record Reload(boolean accepted, String json) {}
}
