package io.tidegate.jobstore;

import java.io.IOException;

/** Another process holds the directory, and may let it go. */
public final class HeldElsewhere extends IOException {
  private static final long serialVersionUID = 1;

  HeldElsewhere(String message) {
    super(message);
  }
}
