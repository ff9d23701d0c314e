package io.tidegate.dispatch;

/** Why an endpoint was given, for counting. */
public enum PickReason {
  /** Its turn by weight. */
  TURN,
  /** A session's, or whatever keeps requests together, own one. */
  HOME,
  /** The less loaded of two. */
  LIGHTEST,
  /** The sooner of two to begin an answer. */
  SOONEST,
  /** By what it likely kept of the prompt, and its load. */
  KEPT,
  /** Was out; this request shows whether it is well again. */
  PROBE,
  /** Out for its answers, and asked all the same: fewer than half were left. */
  PANIC,
  /** Another than a session's own, which is ejected. */
  AWAY_EJECTED,
  /** … which limits our rate. */
  AWAY_COOLING,
  /** … which is busy or loads a model. */
  AWAY_BUSY,
  /** … which has as many in flight as its limit lets in. */
  AWAY_FULL,
  /** … which has more than its part of the requests in flight. */
  AWAY_LOADED,
  /** … which works three times slower than the others, or more, and has its hands full sooner. */
  AWAY_SLOW,
  /** … which failed this very request. */
  AWAY_TRIED;

  static final PickReason[] ALL = values();
}
