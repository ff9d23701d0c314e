package io.tidegate.daemon.shadow;

import io.tidegate.model.Sensitivity;

/** What is counted about shadow policies. Any thread. */
public interface ShadowMeters {
  /** @param rule a shadow rule's id, or {@code (bundle)} for a whole bundle */
  void shadow(String rule, Sensitivity enforced, Sensitivity shadow);

  /** A request was not looked at: there was no room. */
  void shadowDropped();

  /** The shadow policy failed on a request, which fared no differently. */
  void shadowFailed();
}
