package io.tidegate.semantic;

import io.tidegate.wire.SipHash;

/**
 * {@link SipHash} of the UTF-16 units of a word, under a key that lives as long as the process: fingerprints of one process say nothing to another. Never
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
    SipHash sip = new SipHash().begin(k0, k1);
    int length = text.length();
    for (int block = 0; block <= length / 4; block++) {
      long word = 0;
      for (int i = 0; i < 4; i++) {
        int at = block * 4 + i;
        // 0xFFFF is no character: it ends the text, so that no two are put alike.
        word |= (at < length ? (long) text.charAt(at) : at == length ? 0xFFFFL : 0L) << 16 * i;
      }
      sip.put(word);
    }
    long hash = sip.value();
    return hash == 0 ? 1 : hash;
  }
}
