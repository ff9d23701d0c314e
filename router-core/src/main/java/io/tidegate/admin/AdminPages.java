package io.tidegate.admin;

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
}
