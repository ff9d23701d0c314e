package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Wallet addresses: Bitcoin (Base58Check, bech32) and Ethereum. */
final class CryptoWallet extends BuiltIn {
  private static final String TYPE = "CRYPTO_WALLET";
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] BECH32_GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};

  CryptoWallet() {
    super("crypto-wallet", 0, 0, 0, 26, 62);
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char[] a = piece.chars;
    int length = end - start;
    boolean context = piece.near(Topic.CRYPTO.bit(), start, end);
    if (length == 42 && a[start] == '0' && a[start + 1] == 'x') {
      sink.found(TYPE, start, end, context ? VERY_LIKELY : POSSIBLE);
    } else if ((a[start] == '1' || a[start] == '3') && length <= 35 && base58Check(a, start, length)) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if (length >= 42 && Nearby.matches(piece, start, "bc1") && bech32(a, start, length)) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if (context && (a[start] == '1' || a[start] == '3') && length <= 35) {
      sink.found(TYPE, start, end, LIKELY);
    }
  }

  private static boolean base58Check(char[] a, int at, int length) {
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < length; i++) {
      int digit = BASE58.indexOf(a[at + i]);
      if (digit < 0) {
        return false;
      }
      value = value.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(digit));
    }
    byte[] raw = value.toByteArray();
    byte[] full = new byte[25];
    int copy = Math.min(raw.length, 25);
    System.arraycopy(raw, raw.length - copy, full, 25 - copy, copy);
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(full, 0, 21);
      byte[] check = sha.digest(sha.digest());
      return check[0] == full[21] && check[1] == full[22] && check[2] == full[23] && check[3] == full[24];
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java platform", e);
    }
  }

  /** BIP 173 and BIP 350 checksum for the human-readable part {@code bc}. */
  private static boolean bech32(char[] a, int at, int length) {
    int state = 1;
    int[] prefix = {3, 3, 0, 2, 3};
    for (int value : prefix) {
      state = step(state, value);
    }
    for (int i = 3; i < length; i++) {
      int value = BECH32.indexOf(a[at + i] | 0x20 & -(Piece.letter(a[at + i]) ? 1 : 0));
      if (value < 0) {
        return false;
      }
      state = step(state, value);
    }
    return state == 1 || state == 0x2bc830a3;
  }

  private static int step(int state, int value) {
    int top = state >>> 25;
    int next = (state & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++) {
      next ^= (top >> i & 1) != 0 ? BECH32_GENERATOR[i] : 0;
    }
    return next;
  }
}
