package io.tidegate.classify;

/** A built-in detector whose findings pass a filter first; stays in the shared pass of the gate. */
final class Excluding extends BuiltIn {
  private final BuiltIn inner;
  private final Classifier.Filter filter;

  Excluding(BuiltIn inner, Classifier.Filter filter) {
    super(inner.id(), inner.triggers, inner.minDigits, inner.maxDigits, inner.minToken, inner.maxToken);
    this.inner = inner;
    this.filter = filter;
  }

  private Sink through(Piece piece, Sink sink) {
    return (type, start, end, likelihood) -> {
      if (filter.keeps(piece, start, end)) {
        sink.found(type, start, end, likelihood);
      }
    };
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    inner.onWord(piece, hit, through(piece, sink));
  }

  @Override
  void onNumber(DigitSpan number, Sink sink) {
    inner.onNumber(number, through(number.piece, sink));
  }

  @Override
  int stepsPerWord() {
    return inner.stepsPerWord();
  }

  @Override
  boolean checksDigits() {
    return inner.checksDigits();
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    inner.onToken(piece, start, end, through(piece, sink));
  }

  @Override
  void onAt(Piece piece, int position, Sink sink) {
    inner.onAt(piece, position, through(piece, sink));
  }
}
