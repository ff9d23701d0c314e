package io.tidegate.lab.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A self-signed certificate (X.509 v3, P-256, SHA-256) with subject alternative names, usable as server certificate and as its own trust
 * anchor; or a workload's certificate that such a one signs. Immutable.
 */
public final class SelfMadeCertificate {
  /** UTCTime, which RFC 5280 wants for years before 2050. */
  private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  /** 1.2.840.10045.4.3.2, ecdsa-with-SHA256 (RFC 5758). */
  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

  private static final String AUTHORITY = "EMULATED upstream";

  private final PrivateKey key;
  private final X509Certificate certificate;

  private SelfMadeCertificate(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /** For {@code localhost}, 127.0.0.1 and ::1; valid from yesterday for ten years. */
  public static SelfMadeCertificate forLoopback() {
    Instant now = Instant.now();
    return make(now.minus(1, ChronoUnit.DAYS), now.plus(3650, ChronoUnit.DAYS),
        Der.text(0x82, "localhost"), Der.tag(0x87, new byte[] {127, 0, 0, 1}),
        Der.tag(0x87, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  }

  /** For one DNS name only. */
  public static SelfMadeCertificate forHost(String name, Instant notBefore, Instant notAfter) {
    return make(notBefore, notAfter, Der.text(0x82, name));
  }

  /** A workload's, signed by {@code authority}, with these URIs as its names; valid from yesterday for a day. */
  public static SelfMadeCertificate forWorkload(SelfMadeCertificate authority, String... uris) {
    return forWorkload(authority, Instant.now().plus(1, ChronoUnit.DAYS), uris);
  }

  /** The same, valid until {@code notAfter}. */
  public static SelfMadeCertificate forWorkload(SelfMadeCertificate authority, Instant notAfter, String... uris) {
    byte[][] names = new byte[uris.length][];
    for (int i = 0; i < uris.length; i++) {
      names[i] = Der.text(0x86, uris[i]);
    }
    // digitalSignature: the first bit of eight, seven unused behind it.
    byte[] usage = extension(0x0f, true, Der.tag(0x03, new byte[] {7, (byte) 0x80}));
    return make("EMULATED workload", authority, Instant.now().minus(2, ChronoUnit.DAYS), notAfter, usage, names);
  }

  private static SelfMadeCertificate make(Instant notBefore, Instant notAfter, byte[]... names) {
    byte[] authority = extension(0x13, true, Der.sequence(Der.tag(0x01, new byte[] {(byte) 0xff})));
    return make(AUTHORITY, null, notBefore, notAfter, authority, names);
  }

  private static SelfMadeCertificate make(String subject, @Nullable SelfMadeCertificate issuer, Instant notBefore, Instant notAfter, byte[] extension,
      byte[]... names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] extensions = names.length == 0 ? Der.sequence(extension)
          : Der.sequence(extension(0x11, false, Der.sequence(names)), extension);
      byte[] body = Der.sequence(
          Der.tag(0xa0, Der.integer(new byte[] {2})),
          Der.integer(new BigInteger(64, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
          ECDSA_SHA256, name(AUTHORITY),
          Der.sequence(Der.text(0x17, UTC.format(notBefore)), Der.text(0x17, UTC.format(notAfter))),
          name(subject), pair.getPublic().getEncoded(),
          Der.tag(0xa3, extensions));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(issuer == null ? pair.getPrivate() : issuer.key);
      signature.update(body);
      byte[] all = Der.sequence(body, ECDSA_SHA256, Der.bits(signature.sign()));
      X509Certificate made =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(all));
      return new SelfMadeCertificate(pair.getPrivate(), made);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make a P-256 certificate", e);
    }
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.tag(0x31, Der.sequence(Der.oid(0x55, 0x04, 0x03), Der.utf8(commonName))));
  }

  private static byte[] extension(int id, boolean critical, byte[] value) {
    byte[] oid = Der.oid(0x55, 0x1d, id);
    return critical
        ? Der.sequence(oid, Der.tag(0x01, new byte[] {(byte) 0xff}), Der.octets(value))
        : Der.sequence(oid, Der.octets(value));
  }

  public PrivateKey key() {
    return key;
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** A store that trusts this certificate alone. */
  public KeyStore trustStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("emulated", certificate);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK has no PKCS12 store", e);
    }
  }

  /** The certificate as PEM text, for a {@code ca} file. */
  public String pem() {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was just parsed does not encode", e);
    }
  }

  /** The key as PEM text (PKCS #8, no password). */
  public String keyPem() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String what, byte[] der) {
    String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
  }
}
