package io.tidegate.lab.wire;

import io.tidegate.lab.plan.Wire.Cut;

/** Finds the place where a half piece stops. */
final class Halves {
  private Halves() {}

  /** Bytes to send before stopping: inside a multi-byte character if one is asked for and present, else the first half. */
  static int at(byte[] bytes, Cut cut) {
    if (cut == Cut.CODE_POINT) {
      for (int i = 0; i < bytes.length; i++) {
        if ((bytes[i] & 0xc0) == 0xc0) {
          return i + 1;
        }
      }
    }
    return bytes.length / 2;
  }
}
