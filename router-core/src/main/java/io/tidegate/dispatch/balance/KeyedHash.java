package io.tidegate.dispatch.balance;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.SipHash;

/**
 * {@link SipHash} over words, under a key of this installation, taken in pieces: what it tells of a text is which endpoint it goes to, and nobody without the
 * key can choose that. Confined to one loop; allocates nothing.
 */
public final class KeyedHash {
  private final long k0;
  private final long k1;
  private final SipHash sip = new SipHash();

  public KeyedHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** Starts anew; equal texts of different domains have different hashes. */
  public KeyedHash begin(long domain) {
    sip.begin(k0, k1);
    return put(domain);
  }

  public KeyedHash put(long word) {
    sip.put(word);
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
    return sip.value();
  }
}
