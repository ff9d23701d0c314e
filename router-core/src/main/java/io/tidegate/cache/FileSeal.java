package io.tidegate.cache;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Seals what one file holds by AES-256-GCM, under a key of that file alone, made of its salt. The nonce is a part's number, which no key sees twice. */
final class FileSeal {
  static final int SALT_BYTES = 16;
  private static final int TAG_BITS = 128;

  private final SecretKeySpec key;

  /**
   * @param key 32 bytes, for one use only
   * @param world what else must be equal for it to open
   */
  FileSeal(byte[] key, byte[] salt, byte[] world) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(salt);
      this.key = new SecretKeySpec(mac.doFinal(world), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  static byte[] newSalt() {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return salt;
  }

  byte[] seal(int number, byte[] plain) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, number).doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Null if it is not what {@link #seal} made, as that part of that file. */
  byte @Nullable [] open(int number, byte[] sealed) {
    if (sealed.length < TAG_BITS / 8) {
      return null;
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, number).doFinal(sealed);
    } catch (GeneralSecurityException forged) {
      return null;
    }
  }

  private Cipher cipher(int mode, int number) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, ByteBuffer.allocate(12).putInt(8, number).array()));
    return cipher;
  }
}
