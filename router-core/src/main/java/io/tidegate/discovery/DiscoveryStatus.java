package io.tidegate.discovery;

import java.util.List;
import java.util.Map;

/** What discovery has done so far, for telemetry and the status page. Any thread; cheap; nothing of it changes discovery. */
public interface DiscoveryStatus {
  /** Names of the upstreams that are watched; fixed from the start. */
  List<String> upstreams();

  /** @throws IllegalArgumentException if {@code upstream} is not watched */
  Watched of(String upstream);

  /**
   * One watched upstream at one moment.
   *
   * @param heard whether a list came at all
   * @param queries calls made to Consul
   * @param failures calls that gave nothing believed, whatever the reason
   * @param doubted of the failures: answers that were leaderless, or short of rows for want of rights
   * @param wentBack answers whose index was below an earlier one
   * @param dropped rows not used, by reason, summed over all answers
   * @param droppedNow rows not used in the last answer
   * @param endpoints in the list that is in force
   * @param ageNanos since Consul last confirmed that list; since the start if it never did. Up to about the wait while all is well
   * @param rightsMissing the token may not see the service, or not all of it: what is missing proves nothing
   */
  record Watched(String upstream, String service, boolean heard, long queries, long failures, long doubted, long wentBack,
      Map<Drop, Long> dropped, int droppedNow, int endpoints, long ageNanos, boolean rightsMissing) {}
}
