package io.tidegate.policy.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Detached signatures of one manifest. The text is a line {@code key-id signature} each, base64: simple enough to be read before anything is known
 * to be genuine.
 */
public record Signatures(List<One> list) {
  /** Beside the policies. */
  public static final String FILE = "bundle.sig";
  private static final int MOST = 8;

  /** A longer text is not read. */
  public static final int MAX_BYTES = 2 << 10;
  private static final int SIGNATURE_BYTES = 64;

  public Signatures {
    list = List.copyOf(list);
  }

  /** One signature; its bytes are not to be changed. */
  public record One(String keyId, byte[] bytes) {}

  /** No signature at all. */
  public static Signatures none() {
    return new Signatures(List.of());
  }

  /** Empty if the text is anything but one to eight lines of the form, with different keys. */
  public static Optional<Signatures> parse(byte[] text) {
    if (text.length > MAX_BYTES) {
      return Optional.empty();
    }
    List<One> list = new ArrayList<>();
    for (String line : new String(text, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      int space = line.indexOf(' ');
      if (line.isEmpty()) {
        continue;
      }
      if (space < 0 || !Manifest.isName(line.substring(0, space)) || list.size() == MOST) {
        return Optional.empty();
      }
      String id = line.substring(0, space);
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(line.substring(space + 1));
      } catch (IllegalArgumentException notBase64) {
        return Optional.empty();
      }
      if (bytes.length != SIGNATURE_BYTES || list.stream().anyMatch(other -> other.keyId().equals(id))) {
        return Optional.empty();
      }
      list.add(new One(id, bytes));
    }
    Signatures read = new Signatures(list);
    // One text per content: base64 has spare bits, and a text that differs in them is another text.
    return list.isEmpty() || !Arrays.equals(read.text(), text) ? Optional.empty() : Optional.of(read);
  }

  /** The text of the file. */
  public byte[] text() {
    StringBuilder out = new StringBuilder();
    list.forEach(one -> out.append(one.keyId()).append(' ').append(Base64.getEncoder().encodeToString(one.bytes())).append('\n'));
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * These and one more, in place of an older one by the same key.
   *
   * @param manifest the bytes of the file, as they stand
   * @param key Ed25519
   */
  public Signatures and(String keyId, PrivateKey key, byte[] manifest) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key);
    signature.update(Manifest.message(manifest));
    List<One> all = new ArrayList<>(list);
    all.removeIf(one -> one.keyId().equals(keyId));
    all.add(new One(keyId, signature.sign()));
    return new Signatures(all);
  }
}
