package io.tidegate.classify;

import io.tidegate.model.Likelihood;
import java.util.List;

/**
 * A detector that a pack file describes: a word, what must follow it, what must stand near it on either side, and what must not. {@code hr@1} shows the form.
 */
final class PackRule extends BuiltIn {
  /** What stands behind the word. */
  private enum Value { NOTHING, AMOUNT, CODE }

  private final String type;
  private final Value value;
  private final int reach;
  private final boolean name;
  private final long with;
  private final int withWindow;
  private final long without;
  private final int withoutWindow;
  private final Likelihood full;
  private final Likelihood bare;

  private PackRule(String id, String type, Topic trigger, Settings settings) {
    super(id, trigger.bit(), 0, 0, 0, 0);
    this.type = type;
    value = settings.value;
    reach = settings.reach;
    name = settings.name;
    with = settings.with;
    withWindow = settings.withWindow;
    without = settings.without;
    withoutWindow = settings.withoutWindow;
    full = settings.full;
    bare = settings.bare;
  }

  /** The lines below {@code rule}, as they are read. */
  private static final class Settings {
    Value value = Value.NOTHING;
    int reach;
    boolean name;
    long with;
    int withWindow;
    long without;
    int withoutWindow;
    Likelihood full = Likelihood.LIKELY;
    Likelihood bare = Likelihood.VERY_UNLIKELY;

    void set(String line) {
      String[] part = line.split("[: ,]+");
      boolean window = part.length == 4 && part[2].equals("within");
      switch (part[0]) {
        case "after" -> {
          value = Value.valueOf(part[1].toUpperCase(java.util.Locale.ROOT));
          reach = number(line, part, window);
        }
        case "with" -> {
          name = part[1].equals("NAME");
          with = name ? Topic.STAFF.bit() : Topic.valueOf(part[1]).bit();
          withWindow = number(line, part, window);
        }
        case "without" -> {
          without = Topic.valueOf(part[1]).bit();
          withoutWindow = number(line, part, window);
        }
        case "says" -> {
          full = Packs.likelihood(part[1]);
          bare = Packs.likelihood(part[part.length - 1]);
        }
        default -> throw new IllegalArgumentException("no such setting of a rule: " + line);
      }
    }

    private static int number(String line, String[] part, boolean window) {
      if (!window) {
        throw new IllegalArgumentException("write '… within NUMBER': " + line);
      }
      return Integer.parseInt(part[3]);
    }
  }

  /** From {@code rule ID TYPE on TOPIC} and the lines below it. */
  static PackRule of(String[] head, List<String> lines) {
    Settings settings = new Settings();
    lines.forEach(settings::set);
    Names.ready();
    return new PackRule(head[1], head[2], Topic.valueOf(head[4]), settings);
  }

  @Override
  int stepsPerWord() {
    return 120;
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int start = piece.hitStart[hit];
    int end = piece.hitEnd[hit];
    boolean mine = name && Names.mine(piece, start);
    if (without != 0 && !mine && piece.hit(without, start - withoutWindow, end + withoutWindow) >= 0) {
      return;
    }
    long found = switch (value) {
      case NOTHING -> span(start, end);
      case AMOUNT -> amount(piece, start, end);
      case CODE -> code(piece, end);
    };
    if (found < 0) {
      return;
    }
    int from = (int) (found >>> 32);
    int to = (int) found;
    boolean near = with == 0 || mine || piece.hit(with, start - withWindow, end + withWindow) >= 0
        || name && Names.near(piece, Math.min(from, start) - withWindow, start, end, Math.max(to, end) + withWindow);
    Likelihood likelihood = near ? full : bare;
    if (likelihood != Likelihood.VERY_UNLIKELY) {
      sink.found(type, from, to, likelihood);
    }
  }

  private static long span(int from, int to) {
    return (long) from << 32 | to;
  }

  /** A sum of three or more digits, or one with k or 万, behind the word; a sum with a currency right before it counts too. -1 if there is none. */
  private long amount(Piece piece, int start, int end) {
    for (int i = end; i < piece.length && i - end <= reach && piece.chars[i] != '\n'; i++) {
      if (Piece.digit(piece.chars[i])) {
        int to = amountEnd(piece, i);
        if (to > 0) {
          return span(i, to);
        }
        while (Piece.digit(piece.peek(i))) {
          i++;
        }
      }
    }
    for (int i = Math.max(0, start - reach); i < start; i++) {
      if (Piece.digit(piece.chars[i]) && !Piece.alnum(piece.peek(i - 1)) && currency(piece.peek(i - 1))) {
        int to = amountEnd(piece, i);
        if (to > 0) {
          return span(i, to);
        }
      }
    }
    return -1;
  }

  private static boolean currency(char c) {
    return c == '$' || c == '\u20ac' || c == '\u00a3' || c == '\u00a5' || c == '\uffe5';
  }

  private static int amountEnd(Piece piece, int from) {
    int digits = 0;
    int i = from;
    while (i < piece.length && (Piece.digit(piece.chars[i]) || (piece.chars[i] == ',' || piece.chars[i] == '.' || piece.chars[i] == '\'')
        && Piece.digit(piece.peek(i + 1)))) {
      digits += Piece.digit(piece.chars[i]) ? 1 : 0;
      i++;
    }
    char after = piece.peek(i) == ' ' ? piece.peek(i + 1) : piece.peek(i);
    boolean unit = (after | 0x20) == 'k' && !Piece.letter(piece.peek(i + 1)) || after == '\u4e07' || after == '\u842c' || after == '\u5343'
        || after == '\uff0b';
    boolean date = after == '\u5e74' || after == '\u6708' || after == '\u65e5' || after == '%';
    return unit ? i + 1 : digits >= 3 && digits <= 9 && !date ? i : -1;
  }

  /** A code with at least three digits right behind the word; -1 if there is none. */
  private long code(Piece piece, int end) {
    int i = end;
    while (i < piece.length && i - end < reach && !Piece.alnum(piece.chars[i]) && piece.chars[i] != '\n') {
      i++;
    }
    int from = i;
    int digits = 0;
    int to = i;
    while (i < piece.length && i - from < 32) {
      char c = piece.chars[i];
      if (Piece.alnum(c)) {
        digits += Piece.digit(c) ? 1 : 0;
        to = ++i;
      } else if ((c == '-' || c == '/' || c == ':' || c == '.') && Piece.alnum(piece.peek(i + 1))) {
        i++;
      } else {
        break;
      }
    }
    return digits >= 3 ? span(from, to) : -1;
  }
}
