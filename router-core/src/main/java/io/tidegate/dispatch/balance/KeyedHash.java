package io.tidegate.dispatch.balance;

import io.tidegate.wire.JsonText;

/**
 * SipHash-2-4 over words, under a key of this installation, taken in pieces: what it tells of a text is which endpoint it goes to, and nobody without the
 * key can choose that. Confined to one loop; allocates nothing.
 */
public final class KeyedHash {
  private final long k0;
  private final long k1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long words;

  public KeyedHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** Starts anew; equal texts of different domains have different hashes. */
  public KeyedHash begin(long domain) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    words = 0;
    return put(domain);
  }

  public KeyedHash put(long word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
    words++;
    return this;
  }

  /** The text with its length, so that neighbours cannot run into each other. */
  public KeyedHash put(String text) {
    put(text.length());
    long word = 0;
    for (int i = 0; i < text.length(); i++) {
      word = word << 16 | text.charAt(i);
      if ((i & 3) == 3) {
        put(word);
        word = 0;
      }
    }
    return put(word);
  }

  /** The bytes {@code from} … {@code to}, without their length: of a growing text the beginnings are equal. */
  public KeyedHash put(JsonText text, int from, int to) {
    int at = from;
    for (; at + 8 <= to; at += 8) {
      put(text.word(at));
    }
    if (at < to) {
      long rest = to - at;
      for (; at < to; at++) {
        rest = rest << 8 | text.at(at) & 0xff;
      }
      put(rest);
    }
    return this;
  }

  /**
   * The same as a much cheaper digest of the bytes, four lanes of multiplications from a secret start, of which only the ends are put. Enough
   * where a collision only sends a prompt where its beginning is not kept.
   *
   * @param to 32 bytes behind {@code from}, or a multiple
   */
  public KeyedHash fold(JsonText text, int from, int to) {
    long a = k0;
    long b = k1;
    long c = ~k0;
    long d = ~k1;
    for (int at = from; at < to; at += 32) {
      a = Long.rotateLeft(a ^ text.word(at), 29) * 0x9e3779b97f4a7c15L;
      b = Long.rotateLeft(b ^ text.word(at + 8), 31) * 0xbf58476d1ce4e5b9L;
      c = Long.rotateLeft(c ^ text.word(at + 16), 33) * 0x94d049bb133111ebL;
      d = Long.rotateLeft(d ^ text.word(at + 24), 37) * 0xd6e8feb86659fd93L;
    }
    return put(a).put(b).put(c).put(d);
  }

  /** The hash of all that was put. More can be put after. */
  public long value() {
    long w0 = v0;
    long w1 = v1;
    long w2 = v2;
    long w3 = v3;
    // SipHash's last block: the length in bytes, above what is left of the text; nothing is.
    put(words * 8 << 56);
    v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round();
    }
    long hash = v0 ^ v1 ^ v2 ^ v3;
    v0 = w0;
    v1 = w1;
    v2 = w2;
    v3 = w3;
    words--;
    return hash;
  }

  private void round() {
    v0 += v1;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v3;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
