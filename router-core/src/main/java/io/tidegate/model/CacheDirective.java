package io.tidegate.model;

/** What the caller's {@code Cache-Control} request header asks of the edge cache (RFC 9111 section 5.2.1). */
public enum CacheDirective {
  /** Nothing said. */
  DEFAULT,
  /** {@code no-cache}: do not answer from the cache; the fresh answer may be stored. */
  NO_CACHE,
  /** {@code no-store}: neither read nor store. */
  NO_STORE
}
