package io.tidegate.transform;

/** Why a text cannot be cleaned. No partial cleaning exists: any of these leaves the text as it was. */
public enum Obstacle {
  /** The scan was not whole, or there is something it cannot read: nobody knows what to take out. */
  SCAN_NOT_WHOLE,
  /** Nothing was found: whatever raised the request, taking text out does not lower it. */
  NOTHING_FOUND,
  /** A finding joined over several strings has no place. */
  JOINED,
  /** In a key, a number, or a string that steers the upstream (model, role, type, labels). */
  NOT_A_TEXT,
  /** In an encoded or escaped stretch: its borders there are not those of the value. */
  NO_CLEAN_SPAN,
  /** The JSON inside a tool call's arguments would not be JSON any more. */
  EMBEDDED_JSON,
  /** More values, or more work, than the bounds allow. */
  TOO_MUCH
}
