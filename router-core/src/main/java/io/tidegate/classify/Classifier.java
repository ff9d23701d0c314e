package io.tidegate.classify;

import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import java.util.List;

/** Runs the detectors over every string of a request. Pure; thread-safe. */
public final class Classifier {
  public Classifier(List<Detector> detectors) {}

  /** The built-in detectors, and whatever ServiceLoader finds on the class path. */
  public static List<Detector> allDetectors() {
    throw new UnsupportedOperationException("classify: in work");
  }

  /** Begins a scan; nothing is read yet. */
  public Scan begin(ModelRequest request) {
    throw new UnsupportedOperationException("classify: in work");
  }

  /** One request's scan: can be run in pieces, on one thread at a time. */
  public interface Scan {
    /** Goes on for about {@code steps} more steps; true when the scan is whole (or its total budget is spent). Never throws. */
    boolean run(long steps);

    /** What was seen; only after {@link #run} returned true. */
    Findings findings();
  }
}
