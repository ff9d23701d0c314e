package io.tidegate.admission.queue;

import io.tidegate.model.LatencyClass;

/** Free places at the upstreams, as the room sees them. Any thread. */
public interface Places {
  /** Permits that could be taken at {@code upstream} now, without those that are kept for requests that were woken. */
  int free(String upstream);

  /** As {@link #free(String)} for one class: of what is kept for others it may have none. */
  default int free(String upstream, LatencyClass latencyClass) {
    return free(upstream);
  }

  /** Keeps one place for a request that is being woken: whoever comes meanwhile does not take it. */
  void keep(String upstream);

  /** The woken request is here, or gone. */
  void unkeep(String upstream);
}
