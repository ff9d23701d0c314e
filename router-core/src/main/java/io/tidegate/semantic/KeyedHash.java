package io.tidegate.semantic;

/**
 * SipHash-2-4 of the UTF-16 units of a word, under a key that lives as long as the process: fingerprints of one process say nothing to another. Never
 * zero. Immutable.
 */
final class KeyedHash {
  private final long k0;
  private final long k1;

  KeyedHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  long of(CharSequence text) {
    long v0 = 0x736f6d6570736575L ^ k0;
    long v1 = 0x646f72616e646f6dL ^ k1;
    long v2 = 0x6c7967656e657261L ^ k0;
    long v3 = 0x7465646279746573L ^ k1;
    int length = text.length();
    for (int block = 0; block <= length / 4; block++) {
      long m = 0;
      for (int i = 0; i < 4; i++) {
        int at = block * 4 + i;
        m |= (at < length ? (long) text.charAt(at) : at == length ? 0xFFFFL : 0L) << 16 * i;
      }
      v3 ^= m;
      for (int round = 0; round < 2; round++) {
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
      v0 ^= m;
    }
    v0 ^= length;
    v2 ^= 0xFF;
    for (int round = 0; round < 4; round++) {
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
    long hash = v0 ^ v1 ^ v2 ^ v3;
    return hash == 0 ? 1 : hash;
  }
}
