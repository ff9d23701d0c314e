package io.tidegate.classify;

/**
 * A built-in detector: instead of reading the whole text it is called where the gate saw something. Used alone, {@link #inspect} runs the gate
 * itself. Stateless; one instance serves all threads.
 */
abstract class BuiltIn implements Detector {
  /** What a call of {@link #onWord} is about costs, in steps. */
  private static final int STEPS_PER_CALL = 16;

  private final String id;
  /** Topics whose words this detector wants to be called for. */
  final long triggers;

  BuiltIn(String id, long triggers) {
    this.id = id;
    this.triggers = triggers;
  }

  @Override
  public final String id() {
    return id;
  }

  /** A word of {@link #triggers} stands at [{@code piece.hitStart[hit]}, {@code piece.hitEnd[hit]}). */
  void onWord(Piece piece, int hit, Sink sink) {}

  /** A number: one or more digit runs with separators. */
  void onNumber(Number number, Sink sink) {}

  /** A token of ASCII letters and digits with at least one digit, at most {@link Numbers#LONGEST_TOKEN} long. */
  void onToken(Piece piece, int start, int end, Sink sink) {}

  /** An at-sign. */
  void onAt(Piece piece, int position, Sink sink) {}

  @Override
  public final void inspect(TextView text, Budget budget, Sink sink) {
    Piece piece = Piece.of(text.array(), text.length());
    if (budget.spend(piece.length)) {
      Gate.pass(piece, Lexicon.BUILT_IN);
      run(new BuiltIn[] {this}, piece, budget, (type, start, end, likelihood, detector) -> sink.found(type, start, end, likelihood));
    }
  }

  /** Runs {@code detectors} over a gated piece; stops early if the budget ends. */
  static void run(BuiltIn[] detectors, Piece piece, Budget budget, NamedSink sink) {
    for (BuiltIn detector : detectors) {
      Sink own = sink.as(detector.id);
      if ((piece.topics & detector.triggers) != 0) {
        for (int i = 0; i < piece.hits; i++) {
          if ((piece.hitTopics[i] & detector.triggers) != 0) {
            if (!budget.spend(STEPS_PER_CALL)) {
              return;
            }
            detector.onWord(piece, i, own);
          }
        }
      }
      for (int i = 0; i < piece.ats; i++) {
        detector.onAt(piece, piece.at[i], own);
      }
    }
    if (piece.digitRuns > 0 && budget.spend(piece.digitRuns * STEPS_PER_CALL)) {
      Numbers.walk(detectors, piece, budget, sink);
    }
  }

  /** Takes findings together with the detector's id. */
  interface NamedSink {
    void found(String type, int start, int end, io.tidegate.model.Likelihood likelihood, String detector);

    /** The same sink for one detector. */
    default Sink as(String detector) {
      return (type, start, end, likelihood) -> found(type, start, end, likelihood, detector);
    }
  }
}
