package io.tidegate.admission.queue;

/** Free places at the upstreams, as the room sees them. Any thread. */
public interface Places {
  /** Permits that could be taken at {@code upstream} now, without those that are kept for requests that were woken. */
  int free(String upstream);

  /** Keeps one place for a request that is being woken: whoever comes meanwhile does not take it. */
  void keep(String upstream);

  /** The woken request is here, or gone. */
  void unkeep(String upstream);
}
