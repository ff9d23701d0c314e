package io.tidegate.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/** The installation's Ed25519 key for audit statements, made of a seed of 32 bytes. Signing takes some tens of µs: never on an event loop. */
public final class SigningKey {
  static final int PUBLIC = 32;
  /** Sets these signatures apart from any other use of the key. */
  static final byte[] PURPOSE = "tidegate audit statement 2\0".getBytes(StandardCharsets.US_ASCII);

  private final PrivateKey key;
  private final PublicKeyText shown;

  private SigningKey(PrivateKey key, PublicKeyText shown) {
    this.key = key;
    this.shown = shown;
  }

  /** @param seed 32 bytes of chance, kept secret; the same seed gives the same key */
  public static SigningKey of(byte[] seed) {
    if (seed.length != PUBLIC) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes");
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
      KeyPair pair = generator.generateKeyPair();
      SigningKey made = new SigningKey(pair.getPrivate(), PublicKeyText.of(pair.getPublic()));
      ByteBuffer trial = ByteBuffer.allocate(1);
      if (!made.shown.verifies(trial, made.sign(trial))) {
        throw new IllegalStateException("the signing key does not fit its public key");
      }
      return made;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK from 15 on has Ed25519", e);
    }
  }

  /** What an auditor is given. */
  public PublicKeyText publicKey() {
    return shown;
  }

  byte[] sign(ByteBuffer what) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(PURPOSE);
      signature.update(what.duplicate());
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 signs anything", e);
    }
  }

  @Override
  public String toString() {
    return "SigningKey";
  }

  /** Chance that is no chance: the way from a seed to a key pair that the JDK leaves open. */
  private static final class Fixed extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final byte[] seed;

    Fixed(byte[] seed) {
      this.seed = Arrays.copyOf(seed, seed.length);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
