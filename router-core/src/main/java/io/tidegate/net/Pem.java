package io.tidegate.net;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates and keys out of PEM text. Beside PKCS#8 the two older forms of a key, {@code EC PRIVATE KEY} and {@code RSA PRIVATE KEY}, which Consul
 * and openssl still write and the platform does not read. Messages never hold any of the text.
 */
public final class Pem {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final byte[] RSA = {SEQUENCE, 13, 0x06, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 0x05, 0};
  private static final byte[] EC = {0x06, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};
  /** Tag of the curve's name inside an EC key. */
  private static final int PARAMETERS = 0xa0;

  private Pem() {}

  /** All certificates, in order; at least one. */
  public static List<X509Certificate> certificates(String pem) throws CertificateException {
    List<X509Certificate> found = new ArrayList<>();
    ByteArrayInputStream in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1));
    for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
      found.add((X509Certificate) certificate);
    }
    if (found.isEmpty()) {
      throw new CertificateException("there is no certificate");
    }
    return List.copyOf(found);
  }

  /** The first private key, without a password. */
  public static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    byte[] der = block(pem, "PRIVATE KEY");
    if (der.length > 0) {
      return either(der);
    }
    der = block(pem, "EC PRIVATE KEY");
    if (der.length > 0) {
      return key("EC", wrapped(der, element(SEQUENCE, joined(EC, curve(der)))));
    }
    der = block(pem, "RSA PRIVATE KEY");
    if (der.length > 0) {
      return key("RSA", wrapped(der, RSA));
    }
    throw new GeneralSecurityException("there is no private key without a password");
  }

  private static PrivateKey either(byte[] der) throws GeneralSecurityException {
    try {
      return key("EC", der);
    } catch (GeneralSecurityException notEc) {
      return key("RSA", der);
    }
  }

  private static PrivateKey key(String algorithm, byte[] der) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  /** Empty if there is no such block. */
  private static byte[] block(String pem, String name) throws GeneralSecurityException {
    int begin = pem.indexOf("-----BEGIN " + name + "-----");
    int end = pem.indexOf("-----END " + name + "-----", Math.max(0, begin));
    if (begin < 0 || end < 0) {
      return new byte[0];
    }
    try {
      return Base64.getMimeDecoder().decode(pem.substring(begin + name.length() + 16, end));
    } catch (IllegalArgumentException garbled) {
      throw new GeneralSecurityException("the private key is not Base64");
    }
  }

  private static byte[] wrapped(byte[] key, byte[] algorithm) {
    return element(SEQUENCE, joined(VERSION_0, algorithm, element(OCTETS, key)));
  }

  /** The element that names the curve: inside [0], behind the version and the number. */
  private static byte[] curve(byte[] der) throws GeneralSecurityException {
    try {
      int at = content(der, 0);
      while (at < der.length) {
        int from = content(der, at);
        int until = from + length(der, at);
        if ((der[at] & 0xff) == PARAMETERS) {
          return java.util.Arrays.copyOfRange(der, from, until);
        }
        at = until;
      }
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException cut) {
      throw new GeneralSecurityException("the private key is cut");
    }
    throw new GeneralSecurityException("the private key does not name its curve");
  }

  private static int content(byte[] der, int at) {
    return at + 2 + ((der[at + 1] & 0x80) == 0 ? 0 : der[at + 1] & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | der[at + 2 + i] & 0xff;
    }
    return length;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
