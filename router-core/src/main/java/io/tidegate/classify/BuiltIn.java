package io.tidegate.classify;

/**
 * A built-in detector: instead of reading the whole text it is called where the gate saw something. Used alone, {@link #inspect} runs the gate
 * itself. Stateless; one instance serves all threads.
 */
abstract class BuiltIn implements Detector {
  private final String id;
  /** Topics whose words this detector wants to be called for. */
  final long triggers;
  /** Numbers of how many digits it wants to see; none if {@code maxDigits} is 0. */
  final int minDigits;
  final int maxDigits;
  /** Lengths of tokens of letters and digits that it wants to see; none if {@code maxToken} is 0. */
  final int minToken;
  final int maxToken;

  BuiltIn(String id, long triggers, int minDigits, int maxDigits, int minToken, int maxToken) {
    this.id = id;
    this.triggers = triggers;
    this.minDigits = minDigits;
    this.maxDigits = maxDigits;
    this.minToken = minToken;
    this.maxToken = maxToken;
  }

  @Override
  public final String id() {
    return id;
  }

  /** A word of {@link #triggers} stands at [{@code piece.hitStart[hit]}, {@code piece.hitEnd[hit]}). */
  void onWord(Piece piece, int hit, Sink sink) {}

  /** A number: one or more digit runs with separators. Reused by the caller: not to be kept. */
  void onNumber(DigitSpan number, Sink sink) {}

  /** Steps that one call of {@link #onWord} is counted as: about the characters it may look at. */
  int stepsPerWord() {
    return 12;
  }

  /** Whether {@link #onNumber} may be shown digits that are only guessed, since it checks them. */
  boolean checksDigits() {
    return false;
  }

  /** A token of ASCII letters and digits with at least one digit. */
  void onToken(Piece piece, int start, int end, Sink sink) {}

  /** An at-sign. */
  void onAt(Piece piece, int position, Sink sink) {}

  @Override
  public final void inspect(TextView text, Budget budget, Sink sink) {
    Piece piece = Piece.of(text.array(), text.length());
    if (budget.spend(piece.length)) {
      Gate.pass(piece, Lexicon.BUILT_IN);
      new BuiltIns(java.util.List.of(this)).run(piece, budget, Speaker.alone(sink));
    }
  }

  /** Takes findings of several detectors; is told who speaks. */
  interface Speaker extends Detector.Sink {
    /** The detector whose findings come next. */
    void speaks(Detector detector);

    /** For a detector that runs alone. */
    static Speaker alone(Detector.Sink sink) {
      return new Speaker() {
        @Override
        public void speaks(Detector detector) {}

        @Override
        public void found(String type, int start, int end, io.tidegate.model.Likelihood likelihood) {
          sink.found(type, start, end, likelihood);
        }
      };
    }
  }
}
