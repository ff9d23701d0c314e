package io.tidegate.assay;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/** Made-up credentials in published formats. Prefixes are put together at run time, so that no scanner finds a token in this file. */
final class MadeUpSecrets {
  private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private MadeUpSecrets() {}

  static String from(String alphabet, RandomGenerator random, int count) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }

  static String letters(RandomGenerator random, int count) {
    return from("abcdefghijklmnopqrstuvwxyz", random, count);
  }

  /** 30 characters and their CRC-32 in base 62, as GitHub announced in 2021. */
  static String gitHubToken(RandomGenerator random) {
    String body = from(BASE62, random, 30);
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    StringBuilder check = new StringBuilder();
    for (long rest = crc.getValue(); rest > 0; rest /= BASE62.length()) {
      check.insert(0, BASE62.charAt((int) (rest % BASE62.length())));
    }
    return "gh" + "p_" + body + "0".repeat(6 - check.length()) + check;
  }

  static String webToken(RandomGenerator random) {
    return base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64("{\"sub\":\"" + letters(random, 10) + "\",\"iat\":1700000000}") + "."
        + from(BASE62, random, 43);
  }

  static String privateKey(RandomGenerator random) {
    StringBuilder out = new StringBuilder("-----BEGIN RSA ").append("PRIVATE KEY-----\n");
    for (int line = 0; line < 12; line++) {
      out.append(from(BASE62 + "+/", random, 64)).append('\n');
    }
    return out.append("-----END RSA ").append("PRIVATE KEY-----").toString();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
