package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.RequestDigest;
import io.tidegate.wire.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Names and seals entries that leave the process. A name is a keyed digest of all that must be equal, so it tells nothing and nobody can make one up. An
 * entry is sealed by AES-256-GCM under a key of its own, derived from its name, and tied to name and tags: moved to another name, or changed in any bit, it
 * does not open. Thread-safe.
 *
 * <p>{@code version 1 | tags 32 | nonce 12 | sealed}. The tags are keyed digests of tenant, model, bundle and session, eight bytes each, so that a purge finds
 * what it is to remove without opening it.
 */
public final class Sealing {
  static final byte VERSION = 1;
  /** What begins with another byte was written by somebody else. */
  static final byte MOST_VERSION = 31;
  /** Part of every name: versions that write different entries do not overwrite each other's. */
  private static final byte[] FORM = {VERSION, Packing.VERSION};
  static final int TAG_BYTES = 8;
  /** Version and tags. */
  static final int HEAD_BYTES = 1 + 4 * TAG_BYTES;
  private static final int NONCE_BYTES = 12;
  private static final int GCM_TAG_BITS = 128;

  private final SecretKeySpec names;
  private final SecretKeySpec entries;
  private final SecretKeySpec tags;
  private final RequestDigest bodies;
  private final byte[] world;
  private final SecureRandom random = new SecureRandom();
  private final ThreadLocal<Tools> tools = ThreadLocal.withInitial(Tools::new);

  /**
   * @param key 32 bytes that all who share these entries have, and nobody else
   * @param world what else must be equal for answers to be: entries of another are not found. Such as the models that {@code auto} stands for
   */
  public Sealing(byte[] key, byte[] world) {
    SecretKeySpec root = new SecretKeySpec(key, "HmacSHA256");
    this.names = derived(root, "names");
    this.entries = derived(root, "entries");
    this.tags = derived(root, "tags");
    this.bodies = new RequestDigest(derived(root, "bodies").getEncoded());
    this.world = world.clone();
  }

  private static SecretKeySpec derived(SecretKeySpec root, String use) {
    return new SecretKeySpec(mac(newMac(), root, use.getBytes(StandardCharsets.UTF_8)), "HmacSHA256");
  }

  /** 43 letters, digits, {@code -} and {@code _}. */
  public String name(Key key, JsonText body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(192);
    part(out, FORM);
    part(out, world);
    part(out, key.sharingGroup().getBytes(StandardCharsets.UTF_8));
    part(out, key.sensitivity().name().getBytes(StandardCharsets.UTF_8));
    part(out, key.policyDigest().getBytes(StandardCharsets.UTF_8));
    part(out, key.operation().name().getBytes(StandardCharsets.UTF_8));
    part(out, bodies.of(body));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac(tools.get().mac, names, out.toByteArray()));
  }

  /** Parts cannot run into each other: each is preceded by its length. */
  private static void part(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }

  /** What a purge looks for: which of the tags, and what it must be. */
  public byte[] tag(Tag which, String value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    part(out, which.name().getBytes(StandardCharsets.UTF_8));
    part(out, value.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(mac(tools.get().mac, tags, out.toByteArray()), TAG_BYTES);
  }

  /** In the order in which they stand. */
  public enum Tag {
    TENANT, MODEL, POLICY, SESSION;

    /** Where it stands in an entry's head. */
    int offset() {
      return 1 + ordinal() * TAG_BYTES;
    }
  }

  private byte[] head(Key key, Origin origin) {
    return ByteBuffer.allocate(HEAD_BYTES).put(VERSION).put(tag(Tag.TENANT, origin.tenant())).put(tag(Tag.MODEL, origin.model()))
        .put(tag(Tag.POLICY, key.policyDigest())).put(tag(Tag.SESSION, Long.toHexString(origin.session()))).array();
  }

  Sealed seal(String name, Key key, Origin origin, byte[] plain) {
    byte[] head = head(key, origin);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, name, head, nonce);
      byte[] out = Arrays.copyOf(head, HEAD_BYTES + NONCE_BYTES + cipher.getOutputSize(plain.length));
      System.arraycopy(nonce, 0, out, HEAD_BYTES, NONCE_BYTES);
      cipher.doFinal(plain, 0, plain.length, out, HEAD_BYTES + NONCE_BYTES);
      return Sealed.made(out);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Null if it was not sealed by who has the key, for this very name. */
  byte @Nullable [] open(String name, Sealed sealed) {
    byte[] in = sealed.bytes();
    if (in.length < HEAD_BYTES + NONCE_BYTES + GCM_TAG_BITS / 8 || in[0] != VERSION) {
      return null;
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, name, Arrays.copyOf(in, HEAD_BYTES), Arrays.copyOfRange(in, HEAD_BYTES, HEAD_BYTES + NONCE_BYTES));
      return cipher.doFinal(in, HEAD_BYTES + NONCE_BYTES, in.length - HEAD_BYTES - NONCE_BYTES);
    } catch (AEADBadTagException forged) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  private Cipher cipher(int mode, String name, byte[] head, byte[] nonce) throws GeneralSecurityException {
    Tools mine = tools.get();
    byte[] at = name.getBytes(StandardCharsets.UTF_8);
    mine.cipher.init(mode, new SecretKeySpec(mac(mine.mac, entries, at), "AES"), new GCMParameterSpec(GCM_TAG_BITS, nonce));
    mine.cipher.updateAAD(head);
    mine.cipher.updateAAD(at);
    return mine.cipher;
  }

  private static byte[] mac(Mac mac, SecretKeySpec key, byte[] data) {
    try {
      mac.init(key);
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static Mac newMac() {
    try {
      return Mac.getInstance("HmacSHA256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** One thread's. */
  private static final class Tools {
    private final Mac mac = newMac();
    private final Cipher cipher;

    Tools() {
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-GCM", e);
      }
    }
  }

  @Override
  public String toString() {
    return "Sealing";
  }
}
