package io.tidegate.assay.world;

import io.tidegate.decide.Decision;
import io.tidegate.model.Destination;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one walk.
 *
 * @param decision null if the request was refused before anything was decided
 * @param route as the caller was told; null if no answer came
 * @param refusal why there was no answer; null if there was one
 * @param brokenOff the answer began and did not end
 * @param answers how many answers and errors the caller got: 1, or the line is broken (G5)
 * @param sent every attempt, in order
 * @param cached what was put into the edge cache; null if nothing was
 * @param heldBack attempts that the second lock of the decider stopped: the catalog offered what may not leave
 * @param defects kinds of exceptions that the line caught
 */
public record Performance(@Nullable Decision decision, @Nullable RouteInfo route, @Nullable Refusal refusal, boolean brokenOff, int answers,
    List<Sent> sent, @Nullable Cached cached, int heldBack, List<String> defects) {

  /**
   * One attempt, as the stage saw it.
   *
   * @param zone where the endpoint really stands
   * @param marked zone PUBLIC only: the bytes hold the marker of the content under watch
   * @param recorded a receipt of this very request came along
   * @param region where the endpoint really stands; empty if that is nowhere in particular
   */
  public record Sent(String upstream, String endpoint, Zone zone, boolean marked, boolean recorded, String region) {}

  /** An entry of the edge cache. */
  public record Cached(String sharingGroup, Sensitivity sensitivity) {}

  /** Where the answer came from; null if there was none. */
  public @Nullable Destination answeredBy() {
    return route == null || refusal != null ? null : route.destination();
  }

  /** In one word, for counting. */
  public String outcome() {
    if (brokenOff) {
      return "broken off";
    }
    if (refusal != null) {
      return "refused " + refusal.name().toLowerCase(java.util.Locale.ROOT);
    }
    Destination by = answeredBy();
    return by == null ? "no answer" : "answered by " + by.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
