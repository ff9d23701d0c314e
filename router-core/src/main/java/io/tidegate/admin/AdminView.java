package io.tidegate.admin;

import java.util.Locale;

/** A JSON document of the admin page: {@code GET /admin/} and its {@link #word}. */
public enum AdminView {
  /** Where requests went, by class and destination. */
  FLOWS(true),
  /** Upstreams and their endpoints, and why each is asked or not. */
  UPSTREAMS(true),
  /** Queues, limits and who was turned away. */
  LIMITS(true),
  /** The edge cache; the document of its path is older, and shorter: {@link AdminPages#cache}. */
  CACHE(true),
  /** The bundle in force, how often its rules decided, and what policies that only watch say. */
  POLICY(true),
  /** How the decision records fare. */
  AUDIT(true),
  /** The newest decisions. */
  DECISIONS(true),
  /** The daemon's log level. */
  LOG(true),
  /** What is configured, secrets masked. */
  CONFIG(false);

  private final boolean live;

  AdminView(boolean live) {
    this.live = live;
  }

  /** Part of each event of {@code /admin/events}. */
  public boolean live() {
    return live;
  }

  /** As paths and documents name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
