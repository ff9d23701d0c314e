package io.tidegate.classify;

import io.tidegate.model.Findings.Trouble;
import io.tidegate.wire.JsonText;
import java.util.Arrays;
import java.util.Set;

/**
 * Lays the strings of a request out as text in document order, keys and values alike (hazard A9), one value a line: {@code ssn: 123-45-6789}. So a key is the
 * context of its value, and one pass serves all strings. Long requests come in pieces that overlap. Confined to its scan.
 */
final class Packer {
  /** Characters that two neighbouring pieces share: more than any identifier with its context. */
  static final int OVERLAP = 640;
  private static final int CAPACITY = 8 << 10;
  /** Shorter numbers identify nobody. */
  private static final int MIN_NUMBER = 7;

  private final JsonText json;
  private final Set<Trouble> troubles;
  private final Seams seams;
  final Piece piece;

  /** Nodes in the piece, where each begins there, and which of its characters that is. */
  int[] entryNode = new int[24];
  int[] entryStart = new int[24];
  int[] entryOffset = new int[24];
  int entries;
  /** Whether a string of the piece is a JSON document itself. */
  boolean documents;

  private int node;
  private int lastKey = -1;
  /** Next raw byte and next character of a string that did not fit, or -1. */
  private int resumeByte = -1;
  private int resumeChar;
  private int pendingLow;

  Packer(JsonText json, Set<Trouble> troubles, Seams seams) {
    this.json = json;
    this.troubles = troubles;
    this.seams = seams;
    piece = new Piece(Math.min(CAPACITY, json.length() + 16));
  }

  /** Fills the piece with what comes next; false if nothing is left. */
  boolean fill() {
    if (node >= json.size()) {
      return false;
    }
    keepOverlap();
    documents = documents && resumeByte >= 0;
    while (node < json.size()) {
      switch (json.kind(node)) {
        case STRING -> {
          if (!string()) {
            return true;
          }
          node++;
        }
        case NUMBER -> {
          if (!number()) {
            return true;
          }
          node++;
        }
        case ARRAY -> node = Structure.tokens(json, lastKey, node) ? skipUnscannable() : node + 1;
        default -> node++;
      }
    }
    return true;
  }

  private int skipUnscannable() {
    troubles.add(Trouble.UNSCANNABLE);
    return json.next(node);
  }

  private void keepOverlap() {
    if (piece.length <= OVERLAP) {
      if (piece.length > 0 && entries > 0) {
        // Nothing can have been cut so short: start afresh.
        piece.length = 0;
        entries = 0;
      }
      return;
    }
    int shift = piece.length - OVERLAP;
    System.arraycopy(piece.chars, shift, piece.chars, 0, OVERLAP);
    piece.length = OVERLAP;
    int first = 0;
    while (first + 1 < entries && entryStart[first + 1] <= shift) {
      first++;
    }
    int kept = 0;
    for (int i = first; i < entries; i++, kept++) {
      int cut = Math.max(0, shift - entryStart[i]);
      entryNode[kept] = entryNode[i];
      entryOffset[kept] = entryOffset[i] + cut;
      entryStart[kept] = entryStart[i] + cut - shift;
    }
    entries = kept;
  }

  private void entry(int offset) {
    if (entries == entryNode.length) {
      entryNode = Arrays.copyOf(entryNode, entries * 2);
      entryStart = Arrays.copyOf(entryStart, entries * 2);
      entryOffset = Arrays.copyOf(entryOffset, entries * 2);
    }
    entryNode[entries] = node;
    entryStart[entries] = piece.length;
    entryOffset[entries++] = offset;
  }

  /** Characters of the separator that ends entry {@code entry} before {@code to}; none if the string goes on in the next piece. */
  int separatorBefore(int entry, int to) {
    boolean last = entry + 1 == entries;
    return last && resumeByte >= 0 ? 0 : json.isKey(entryNode[entry]) ? 2 : 1;
  }

  private boolean number() {
    int from = json.start(node);
    int length = json.end(node) - from;
    if (length < MIN_NUMBER || length > 64) {
      return true;
    }
    if (piece.chars.length - piece.length < length + 2) {
      return false;
    }
    entry(0);
    for (int i = 0; i < length; i++) {
      piece.chars[piece.length++] = (char) json.at(from + i);
    }
    piece.chars[piece.length++] = '\n';
    return true;
  }

  /** Lays out the string at {@code node}, or goes on with it; false if the piece is full before its end. */
  private boolean string() {
    boolean key = json.isKey(node);
    boolean fresh = resumeByte < 0;
    int rawEnd = json.end(node) - 1;
    if (fresh && key) {
      lastKey = node;
      if (Structure.unscannable(json, node)) {
        troubles.add(Trouble.UNSCANNABLE);
      }
    }
    int from = fresh ? json.start(node) + 1 : resumeByte;
    if (piece.chars.length - piece.length < Math.min(rawEnd - from, 64) + 4) {
      return false;
    }
    boolean joins = !key && Structure.joins(json, lastKey);
    entry(fresh ? 0 : resumeChar);
    int begin = piece.length;
    if (fresh && json.ascii(node) && !json.escaped(node) && rawEnd - from <= piece.chars.length - piece.length - 4) {
      piece.length += json.copyAscii(node, piece.chars, piece.length);
      from = rawEnd;
    } else {
      from = decode(from, rawEnd);
    }
    documents |= !key && piece.length - begin > 8 && (piece.chars[begin] == '{' || piece.chars[begin] == '[');
    boolean done = from >= rawEnd && pendingLow == 0;
    if (joins) {
      seams.add(piece.chars, begin, piece.length, fresh, done);
    }
    if (!done) {
      resumeChar = (fresh ? 0 : resumeChar) + piece.length - begin;
      resumeByte = from;
      return false;
    }
    resumeByte = -1;
    if (key) {
      piece.chars[piece.length++] = ':';
      piece.chars[piece.length++] = ' ';
    } else {
      piece.chars[piece.length++] = '\n';
    }
    return true;
  }

  /** Decodes validated UTF-8 with JSON escapes until {@code to} or the piece is full; returns the next byte. */
  private int decode(int from, int to) {
    char[] out = piece.chars;
    int limit = out.length - 4;
    int n = piece.length;
    if (pendingLow != 0) {
      out[n++] = (char) pendingLow;
      pendingLow = 0;
    }
    int i = from;
    while (i < to && n < limit) {
      int b = json.at(i);
      if (b >= 0 && b != '\\') {
        out[n++] = (char) b;
        i++;
      } else if (b == '\\') {
        int kind = json.at(i + 1);
        if (kind == 'u') {
          out[n++] = (char) (hex(i + 2) << 12 | hex(i + 3) << 8 | hex(i + 4) << 4 | hex(i + 5));
          i += 6;
        } else {
          out[n++] = (char) (kind == 'n' ? '\n' : kind == 't' ? '\t' : kind == 'r' ? '\r' : kind == 'b' ? '\b' : kind == 'f' ? '\f' : kind);
          i += 2;
        }
      } else if (b >> 5 == -2) {
        out[n++] = (char) ((b & 0x1f) << 6 | json.at(i + 1) & 0x3f);
        i += 2;
      } else if (b >> 4 == -2) {
        out[n++] = (char) ((b & 0xf) << 12 | (json.at(i + 1) & 0x3f) << 6 | json.at(i + 2) & 0x3f);
        i += 3;
      } else {
        int cp = (b & 7) << 18 | (json.at(i + 1) & 0x3f) << 12 | (json.at(i + 2) & 0x3f) << 6 | json.at(i + 3) & 0x3f;
        out[n++] = Character.highSurrogate(cp);
        if (n < limit) {
          out[n++] = Character.lowSurrogate(cp);
        } else {
          pendingLow = Character.lowSurrogate(cp);
        }
        i += 4;
      }
    }
    piece.length = n;
    return i;
  }

  private int hex(int at) {
    return Character.digit(json.at(at), 16);
  }
}
