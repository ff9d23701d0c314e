package io.tidegate.admission;

import java.util.List;
import java.util.Optional;

/**
 * What a rule writes for one or more workloads: a {@link SpiffeId} of which a whole segment may be {@code *} (any one segment), and the last may be
 * {@code **} (one or more). Compared segment by segment, never as text: {@code sa/bill} does not name {@code sa/billing}.
 */
public record SpiffePattern(String trustDomain, List<String> segments) {
  private static final String ONE = "*";
  private static final String MORE = "**";

  public SpiffePattern {
    segments = List.copyOf(segments);
  }

  /** Empty if {@code text} is not one. */
  public static Optional<SpiffePattern> parse(String text) {
    // A letter stands in for the stars, so that one parser says what a segment is.
    if (!text.startsWith("spiffe://")) {
      return Optional.empty();
    }
    int slash = text.indexOf('/', "spiffe://".length());
    if (slash < 0) {
      return Optional.empty();
    }
    List<String> written = List.of(text.substring(slash + 1).split("/", -1));
    for (int i = 0; i < written.size(); i++) {
      boolean star = written.get(i).equals(ONE) || written.get(i).equals(MORE) && i == written.size() - 1;
      if (!star && !SpiffeId.segment(written.get(i))) {
        return Optional.empty();
      }
    }
    return SpiffeId.parse(text.substring(0, slash) + "/x").map(id -> new SpiffePattern(id.trustDomain(), written));
  }

  /** Whether this names {@code id}. */
  public boolean matches(SpiffeId id) {
    if (!trustDomain.equals(id.trustDomain())) {
      return false;
    }
    List<String> path = id.segments();
    int count = segments.size();
    boolean open = segments.get(count - 1).equals(MORE);
    if (open ? path.size() < count : path.size() != count) {
      return false;
    }
    for (int i = 0; i < (open ? count - 1 : count); i++) {
      if (!segments.get(i).equals(ONE) && !segments.get(i).equals(path.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether this says more of a workload than {@code other} where both match: at the first segment where they differ, a name beats *, * beats **. */
  boolean closerThan(SpiffePattern other) {
    for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
      int mine = rank(segments.get(i));
      int theirs = rank(other.segments.get(i));
      if (mine != theirs) {
        return mine < theirs;
      }
    }
    return segments.size() > other.segments.size();
  }

  private static int rank(String segment) {
    return segment.equals(MORE) ? 2 : segment.equals(ONE) ? 1 : 0;
  }

  @Override
  public String toString() {
    return "spiffe://" + trustDomain + "/" + String.join("/", segments);
  }
}
