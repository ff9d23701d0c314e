package io.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PemTest {
  /** Of an agent in memory that is long gone. */
  private static final String SEC1 = "MHcCAQEEIOfH90FV6xpV6ZULJCuslpoIwfoSpLZhYN+JNeoLfWfnoAoGCCqGSM49AwEHoUQDQgAE7ymYvnEQbbT/3rSg0mydhf4q"
      + "JQXqioR0MjVo3rkDfn+gRkI+3Xqfe8cYnTDFJEVtj6lkzi92KOU6TuYbkITQHA==";

  private static String pem(String name, String base64) {
    return "-----BEGIN " + name + "-----\n" + base64 + "\n-----END " + name + "-----\n";
  }

  private static String pem(String name, byte[] der) {
    return pem(name, Base64.getMimeEncoder().encodeToString(der));
  }

  @Test
  @DisplayName("R10.4 the key of a Consul agent (SEC1), of older tools (PKCS#1) and PKCS#8 are read")
  void reads() throws GeneralSecurityException {
    PrivateKey ec = Pem.privateKey(pem("EC PRIVATE KEY", SEC1));
    assertThat(ec.getAlgorithm()).isEqualTo("EC");
    assertThat(Pem.privateKey(pem("PRIVATE KEY", ec.getEncoded()))).isEqualTo(ec);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    PrivateKey rsa = generator.generateKeyPair().getPrivate();
    assertThat(Pem.privateKey(pem("PRIVATE KEY", rsa.getEncoded()))).isEqualTo(rsa);
    // What PKCS#8 wraps: after two headers of 4, the version of 3 and the algorithm of 15 bytes.
    byte[] inner = Arrays.copyOfRange(rsa.getEncoded(), 26, rsa.getEncoded().length);
    assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", inner))).isEqualTo(rsa);
  }

  @Test
  @DisplayName("G3 what is no key is refused without a word of it")
  void refuses() {
    String[] bad = {"", "no key", pem("EC PRIVATE KEY", "Y2FuYXJ5"), pem("EC PRIVATE KEY", SEC1.substring(0, 40)), pem("PRIVATE KEY", "Y2FuYXJ5"),
        pem("EC PRIVATE KEY", "MHcCAQEE"), pem("PRIVATE KEY", "*canary*"), "-----BEGIN PRIVATE KEY-----\ncanary"};
    for (String text : bad) {
      assertThatThrownBy(() -> Pem.privateKey(text)).isInstanceOf(GeneralSecurityException.class).hasMessageNotContaining("canary");
    }
    assertThatThrownBy(() -> Pem.certificates("canary")).isInstanceOf(GeneralSecurityException.class).hasMessageNotContaining("canary");
  }
}
