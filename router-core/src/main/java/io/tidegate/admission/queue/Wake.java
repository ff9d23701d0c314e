package io.tidegate.admission.queue;

/** Why a waiting request is called. */
public enum Wake {
  /** There is a place at an upstream it named. */
  GRANTED,
  /** It has waited long enough to look further than where it waited. */
  WIDEN,
  /** Its time is over. */
  EXPIRED,
  /** In overload it had waited so long that somebody newer is served better (CoDel). */
  OVERDUE,
  /** No room to wait. */
  FULL
}
