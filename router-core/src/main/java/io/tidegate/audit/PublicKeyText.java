package io.tidegate.audit;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** An Ed25519 public key, and its form as a file: PEM, as other tools read it. */
public final class PublicKeyText {
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";
  /** What stands before the 32 raw bytes in the X.509 form (RFC 8410). */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final PublicKey key;
  private final byte[] raw;

  private PublicKeyText(PublicKey key) {
    this.key = key;
    byte[] encoded = key.getEncoded();
    this.raw = Arrays.copyOfRange(encoded, encoded.length - SigningKey.PUBLIC, encoded.length);
  }

  static PublicKeyText of(PublicKey key) {
    return new PublicKeyText(key);
  }

  /** @throws IllegalArgumentException if the text is no PEM of an Ed25519 public key */
  public static PublicKeyText parse(String pem) {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("no PEM public key");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
      return new PublicKeyText(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no Ed25519 public key", e);
    }
  }

  byte[] raw() {
    return raw.clone();
  }

  boolean is(byte[] other) {
    return Arrays.equals(raw, other);
  }

  /** First 16 hex digits of the SHA-256 of the raw key: to compare by eye or telephone. */
  public String fingerprint() {
    return HexFormat.of().formatHex(Encoder.hashOf(ByteBuffer.wrap(raw)), 0, 8);
  }

  public String pem() {
    return BEGIN + "\n" + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n" + END + "\n";
  }

  boolean verifies(ByteBuffer what, byte[] signature) {
    try {
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(SigningKey.PURPOSE);
      check.update(what.duplicate());
      return check.verify(signature);
    } catch (SignatureException malformed) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK from 15 on has Ed25519", e);
    }
  }
}
