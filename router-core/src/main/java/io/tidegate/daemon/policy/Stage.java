package io.tidegate.daemon.policy;

import java.util.Locale;

/** The steps before a bundle is in force, in their order; a bundle is refused at one of them. */
enum Stage {
  /** Brought here whole. */
  READ,
  /** Signed by those who may; before anything is parsed. */
  SIGNATURE,
  /** Parsed strictly, checked, compiled; what changed has a new revision. */
  COMPILE,
  /** The tests in the files, the canaries, the proof. */
  CHECKS,
  /** A bundle that loosens has two signatures. */
  APPROVAL,
  /** The accepted revision is on disk. */
  STATE,
  /** A defect of ours. */
  DEFECT;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
