package io.tidegate.wire;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of words of 64 bits, in pieces: nobody without the key can tell the hash of a text, or choose texts of equal hash.
 * Confined to one thread; allocates nothing.
 */
public final class SipHash {
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long words;

  /** Starts anew, of nothing. */
  public SipHash begin(long k0, long k1) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    words = 0;
    return this;
  }

  public SipHash put(long word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
    words++;
    return this;
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
