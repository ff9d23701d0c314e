package io.tidegate.model;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** In which regions content may be worked on. Immutable. */
public final class Residency {
  /** Anywhere, also where nobody said what region it is. */
  public static final Residency ANYWHERE = new Residency(null);

  /** Null for anywhere. */
  private final @Nullable Set<String> regions;

  private Residency(@Nullable Set<String> regions) {
    this.regions = regions;
  }

  /** In these regions only; in none, if there are none. */
  public static Residency in(Collection<String> regions) {
    return new Residency(Collections.unmodifiableSet(new TreeSet<>(regions)));
  }

  /** Whether every place will do. */
  public boolean anywhere() {
    return regions == null;
  }

  /** Whether a place in {@code region} will do; empty is a place of which nobody said where it is, and that will only do for what may be anywhere. */
  public boolean permits(String region) {
    return regions == null || regions.contains(region);
  }

  /** What both permit. */
  public Residency and(Residency other) {
    if (regions == null || other.regions == null) {
      return regions == null ? other : this;
    }
    Set<String> both = new TreeSet<>(regions);
    both.retainAll(other.regions);
    return both.size() == regions.size() ? this : in(both);
  }

  /** Whether all that this permits, {@code other} permits too. */
  public boolean within(Residency other) {
    return other.regions == null || regions != null && other.regions.containsAll(regions);
  }

  /** The regions, sorted; empty for anywhere as for nowhere. */
  public List<String> regions() {
    return regions == null ? List.of() : List.copyOf(regions);
  }

  /** A region's name: 1 to 63 of a-z 0-9 - _ . */
  public static boolean isRegion(String text) {
    boolean good = !text.isEmpty() && text.length() <= 63;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }
    return good;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Residency that && (regions == null ? that.regions == null : regions.equals(that.regions));
  }

  @Override
  public int hashCode() {
    return regions == null ? 0 : 1 + regions.hashCode();
  }

  /** {@code anywhere}, {@code nowhere}, or the names. */
  @Override
  public String toString() {
    return regions == null ? "anywhere" : regions.isEmpty() ? "nowhere" : String.join(", ", regions);
  }
}
