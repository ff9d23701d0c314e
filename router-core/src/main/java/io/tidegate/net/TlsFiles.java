package io.tidegate.net;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener's files hold, looked at before it is used: a certificate and a key of different pairs, as they stand while somebody replaces one file
 * after the other, would fail every handshake. Blocking.
 *
 * @param context for new connections
 * @param notAfter end of the first certificate
 * @param print tells one certificate, with its authorities of callers, from another
 */
public record TlsFiles(SslContext context, Instant notAfter, String print) {
  private static final int MAX_BYTES = 1 << 20;

  /**
   * @param certificate PEM chain, own certificate first
   * @param key PEM, without a password
   * @param clientCa PEM authorities of callers; null for none
   * @param now a certificate that is over, or not yet begun, is refused; null to take it all the same
   * @throws IOException with what is wrong, nothing of the content
   */
  public static TlsFiles read(Path certificate, Path key, @Nullable Path clientCa, boolean http2, @Nullable Instant now) throws IOException {
    List<X509Certificate> chain;
    PrivateKey secret;
    try {
      chain = Pem.certificates(text(certificate));
    } catch (GeneralSecurityException unreadable) {
      throw new IOException(certificate + " holds no certificate that can be read", unreadable);
    }
    try {
      secret = Pem.privateKey(text(key));
    } catch (GeneralSecurityException unreadable) {
      throw new IOException(key + " holds no private key that can be read", unreadable);
    }
    X509Certificate own = chain.get(0);
    if (!pair(own, secret)) {
      throw new IOException("the key in " + key + " is not that of the certificate in " + certificate);
    }
    if (now != null && (now.isAfter(own.getNotAfter().toInstant()) || now.isBefore(own.getNotBefore().toInstant()))) {
      throw new IOException("the certificate in " + certificate + " is good from " + own.getNotBefore().toInstant() + " to " + own.getNotAfter().toInstant()
          + ", and not now");
    }
    return new TlsFiles(TlsContexts.server(certificate.toFile(), key.toFile(), clientCa == null ? null : clientCa.toFile(), http2),
        own.getNotAfter().toInstant(), print(chain, clientCa == null ? "" : text(clientCa)));
  }

  private static String print(List<X509Certificate> chain, String authorities) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate each : chain) {
        digest.update(each.getEncoded());
      }
      return HexFormat.of().formatHex(digest.digest(authorities.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (GeneralSecurityException unreadable) {
      throw new IOException("a certificate cannot be encoded", unreadable);
    }
  }

  private static String text(Path file) throws IOException {
    long bytes;
    String text;
    try {
      bytes = Files.size(file);
      text = bytes > MAX_BYTES ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException unreadable) {
      throw new IOException(file + " cannot be read (" + unreadable.getClass().getSimpleName() + ")", unreadable);
    }
    if (bytes > MAX_BYTES) {
      throw new IOException(file + " is too long");
    }
    return text;
  }

  /** Whether what the key signs is good by the certificate. */
  private static boolean pair(X509Certificate certificate, PrivateKey key) throws IOException {
    String algorithm = switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
    byte[] nonce = new byte[32];
    new SecureRandom().nextBytes(nonce);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(nonce);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(nonce);
      return signature.verify(signed);
    } catch (GeneralSecurityException another) {
      return false;
    }
  }
}
