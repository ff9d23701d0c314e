package io.tidegate.embed;

/** Arithmetic of vectors. */
public final class Vectors {
  private static final int MAX = 8_192;

  private Vectors() {}

  /** Brings it to unit length; false if it has none, or is no vector. */
  public static boolean normalise(float[] vector) {
    double sum = 0;
    for (float each : vector) {
      sum += (double) each * each;
    }
    if (vector.length == 0 || vector.length > MAX || !(sum > 0) || !Double.isFinite(sum)) {
      return false;
    }
    float by = (float) (1 / Math.sqrt(sum));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= by;
    }
    return true;
  }
}
