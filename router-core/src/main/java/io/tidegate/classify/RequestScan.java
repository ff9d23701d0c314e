package io.tidegate.classify;

import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.wire.JsonText;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request's scan: piece by piece, each piece in all its readings. Whatever goes wrong becomes a {@link Trouble}, never an exception and never silence (G2,
 * hazard A6).
 */
final class RequestScan implements Classifier.Scan, Detector.Budget {
  /** Decoded text inside decoded text (hazard A11). */
  private static final int MAX_DEPTH = 2;
  private static final int ANY_VIEW = CharClass.PERCENT | CharClass.AMPERSAND | CharClass.BACKSLASH;

  private final Lexicon lexicon;
  private final BuiltIns builtIns;
  private final List<Detector> others;
  private final ClassifierConfig config;
  private final JsonText json;
  private final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
  private final FindingList found;
  private final Seams seams;
  private final Packer packer;
  private final Opacity opacity;
  private long left;
  private int views;
  private long decoded;
  private boolean done;
  private boolean ended;
  /** Readings that were derived and not yet looked at; all of them of the piece that is laid out, or of text joined over strings. */
  private final ArrayDeque<Reading> waiting = new ArrayDeque<>(4);

  private record Reading(Piece piece, @Nullable Packer strings, int depth) {}

  RequestScan(Lexicon lexicon, BuiltIns builtIns, List<Detector> others, ClassifierConfig config, JsonText json) {
    this.lexicon = lexicon;
    this.builtIns = builtIns;
    this.others = others;
    this.config = config;
    this.json = json;
    left = config.totalSteps();
    found = new FindingList(config.maxFindings(), troubles);
    seams = new Seams(this::joined);
    packer = new Packer(json, troubles, seams);
    opacity = new Opacity(json);
  }

  @Override
  public boolean spend(int steps) {
    left -= steps;
    return left >= 0;
  }

  @Override
  public boolean run(long steps) {
    long stopAt = left - steps;
    while (!done && left > stopAt) {
      try {
        done = !step();
      } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
        // The message is dropped on purpose: it may hold text (G3).
        troubles.add(Trouble.DETECTOR_FAILED);
        done = true;
      }
      if (left < 0) {
        troubles.add(Trouble.BUDGET_SPENT);
        done = true;
      }
      // What else there is cannot raise the request any further.
      done |= troubles.contains(Trouble.OVERFLOW);
    }
    return done;
  }

  @Override
  public Findings findings() {
    if (!done) {
      throw new IllegalStateException("the scan is not whole yet");
    }
    return found.list().isEmpty() && troubles.isEmpty() ? Findings.NONE : new Findings(found.list(), troubles);
  }

  /** Steps spent so far, for tests of linearity. */
  long spent() {
    return config.totalSteps() - left;
  }

  /** One reading of one piece, so that a scan can stop after a millisecond or so, whatever the text. */
  private boolean step() {
    Reading next = waiting.pollLast();
    if (next != null) {
      read(next.piece, next.strings, next.depth);
      return true;
    }
    if (!packer.fill()) {
      if (ended) {
        return false;
      }
      ended = true;
      seams.end();
      if (opacity.opaque()) {
        troubles.add(Trouble.OPAQUE);
      }
      return !waiting.isEmpty();
    }
    Piece piece = packer.piece;
    if (gate(piece)) {
      found.in(packer, piece);
      if ((piece.topics & Topic.DATA_URI.bit()) != 0 && DataUris.unscannable(piece)) {
        troubles.add(Trouble.UNSCANNABLE);
      }
      read(piece, packer, 0);
      strings();
    }
    return true;
  }

  private boolean gate(Piece piece) {
    if (!spend(piece.length)) {
      return false;
    }
    Gate.pass(piece, lexicon);
    return true;
  }

  /** Lets the detectors see a gated piece and every reading that can be derived from it. */
  private void read(Piece piece, @Nullable Packer strings, int depth) {
    detect(piece, strings);
    Piece base = piece;
    boolean turned = (piece.topics & Topic.BACKWARDS.bit()) != 0;
    if ((piece.seen & CharClass.ODD) != 0) {
      Piece hidden = depth >= MAX_DEPTH ? null : view(HiddenView.of(piece), piece.length);
      if (hidden != null) {
        waiting.add(new Reading(hidden, strings, depth + 1));
      }
      turned |= overridden(piece);
      Piece folded = view(FoldedView.of(piece), piece.length * 4);
      if (folded != null) {
        detect(folded, strings);
        base = folded;
      }
    }
    if (turned) {
      Piece reversed = view(ReversedView.of(base), base.length);
      if (reversed != null) {
        detect(reversed, strings);
      }
    }
    if (depth >= MAX_DEPTH || left < 0) {
      return;
    }
    boolean apart = (base.seen & CharClass.APART) != 0;
    if (strings != null && depth == 0 && strings.documents) {
      Piece values = view(JsonValuesView.of(base), base.length);
      if (values != null) {
        waiting.add(new Reading(values, strings, depth + 1));
      }
    }
    if ((base.seen & ANY_VIEW) != 0) {
      Piece resolved = view(UnescapedView.of(base), base.length);
      if (resolved != null) {
        waiting.add(new Reading(resolved, strings, depth + 1));
      }
    }
    int reach = 0;
    for (int i = 0; i < base.encodedRuns && left >= 0; i++) {
      if (base.encoded[i] < reach) {
        continue;
      }
      EncodedRun run = new EncodedRun(base, base.encoded[i]);
      reach = run.end;
      spend(run.length());
      Piece text = view(run.decode(), run.length());
      if (text != null) {
        waiting.add(new Reading(text, strings, depth + 1));
      } else if (run.apart()) {
        apart = true;
      } else if (base == piece && strings != null && depth == 0 && run.opaque()) {
        opacity.add(strings, base.encoded[i], run.length());
      }
    }
    if (HexPairsView.likely(base) && left >= 0) {
      Piece pairs = view(HexPairsView.of(base), base.length);
      if (pairs != null) {
        waiting.add(new Reading(pairs, strings, depth + 1));
      }
    }
    if ((base.seen & (CharClass.HAN | CharClass.PLUS)) != 0 && left >= 0) {
      Piece joined = JoinedView.of(base);
      joined = view(joined, joined == null ? 0 : base.length);
      if (joined != null) {
        waiting.add(new Reading(joined, strings, depth + 1));
      }
    }
    if (apart && left >= 0) {
      Piece together = view(UnspacedView.of(base), base.length);
      if (together != null) {
        waiting.add(new Reading(together, strings, depth + 1));
      }
    }
  }

  /** Whether the piece holds a right-to-left override: what is shown is not the order of the characters. */
  private static boolean overridden(Piece piece) {
    for (int i = 0; i < piece.length; i++) {
      if (piece.chars[i] == '\u202e') {
        return true;
      }
    }
    return false;
  }

  /** Counts and gates a derived piece; null if there is none, or no room for it. */
  private @Nullable Piece view(@Nullable Piece derived, int cost) {
    if (!spend(cost) || derived == null) {
      return null;
    }
    decoded += derived.length;
    if (++views > config.maxViews() || decoded > config.maxDecodedChars()) {
      troubles.add(Trouble.OVERFLOW);
      return null;
    }
    return gate(derived) ? derived : null;
  }

  private void detect(Piece piece, @Nullable Packer strings) {
    found.in(strings, piece);
    if (!piece.quiet()) {
      builtIns.run(piece, this, found);
    }
    if (!others.isEmpty() && (piece.origin != null || strings == null)) {
      for (Detector detector : others) {
        found.speaks(detector);
        detector.inspect(piece, this, found);
      }
    }
  }

  /** Shows plugged-in detectors each string of the piece by itself, as their contract says. */
  private void strings() {
    if (others.isEmpty()) {
      return;
    }
    for (int i = 0; i < packer.entries; i++) {
      int from = packer.entryStart[i];
      int to = i + 1 < packer.entries ? packer.entryStart[i + 1] : packer.piece.length;
      to = Math.max(from, to - packer.separatorBefore(i, to));
      Piece string = Piece.of(Arrays.copyOfRange(packer.piece.chars, from, to), to - from);
      string.origin = new int[to - from];
      for (int j = 0; j < to - from; j++) {
        string.origin[j] = from + j;
      }
      string.originLimit = to;
      found.in(packer, string);
      for (Detector detector : others) {
        found.speaks(detector);
        detector.inspect(string, this, found);
      }
    }
  }

  /** Reads text joined over strings, first without a separator, then with a space at each border (hazard A10). */
  private void joined(char[] text, int length, int[] borders, int count) {
    // Looked at later, when the text joined may be gone.
    Piece tight = Piece.of(Arrays.copyOf(text, length), length);
    if (!gate(tight) || tight.quiet() && (tight.seen & CharClass.ODD) == 0 && tight.encodedRuns == 0) {
      return;
    }
    waiting.add(new Reading(tight, null, 1));
    char[] loose = new char[length + count];
    int at = 0;
    int border = 0;
    for (int i = 0; i < length; i++) {
      while (border < count && borders[border] == i) {
        loose[at++] = ' ';
        border++;
      }
      loose[at++] = text[i];
    }
    Piece spaced = Piece.of(loose, at);
    if (gate(spaced)) {
      waiting.add(new Reading(spaced, null, MAX_DEPTH));
    }
    Piece windows = Windows.of(text, length, borders, count);
    if (windows != null && gate(windows)) {
      waiting.add(new Reading(windows, null, 1));
    }
  }
}
