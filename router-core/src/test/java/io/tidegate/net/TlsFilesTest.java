package io.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  @TempDir private static Path folder;
  private static Pair elliptic;
  private static Pair rsa;

  private record Pair(Path certificate, Path key) {}

  @BeforeAll
  static void make() throws Exception {
    elliptic = pair("one", "-keyalg", "EC", "-groupname", "secp256r1");
    rsa = pair("two", "-keyalg", "RSA", "-keysize", "2048");
  }

  private static Pair pair(String name, String... algorithm) throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "k", "-dname",
        "CN=" + name, "-validity", "10", "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    command.addAll(List.of(algorithm));
    assertThat(new ProcessBuilder(command).redirectErrorStream(true).start().waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return new Pair(pem(name + ".crt", "CERTIFICATE", keys.getCertificate("k").getEncoded()), pem(name + ".key", "PRIVATE KEY", keys.getKey("k", PASSWORD).getEncoded()));
  }

  private static Path pem(String file, String name, byte[] der) throws IOException {
    return Files.writeString(folder.resolve(file), "-----BEGIN " + name + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END "
        + name + "-----\n");
  }

  private static TlsFiles read(Path certificate, Path key, Instant now) throws IOException {
    return TlsFiles.read(certificate, key, null, true, now);
  }

  @Test
  @DisplayName("F5 a certificate and its key are taken, elliptic and RSA; the context in force is the one that new connections get")
  void taken() throws IOException {
    Instant now = Instant.now();
    TlsFiles one = read(elliptic.certificate, elliptic.key, now);
    TlsFiles two = read(rsa.certificate, rsa.key, now);
    assertThat(one.notAfter()).isBetween(now.plus(Duration.ofDays(9)), now.plus(Duration.ofDays(11)));
    assertThat(one.print()).isNotEqualTo(two.print()).isEqualTo(read(elliptic.certificate, elliptic.key, now).print());
    assertThat(TlsFiles.read(elliptic.certificate, elliptic.key, rsa.certificate, true, now).print()).as("other authorities of callers").isNotEqualTo(one.print());
    SwitchedTls switched = new SwitchedTls(one);
    assertThat(switched.isServer()).isTrue();
    assertThat(switched.current()).isSameAs(one.context());
    assertThat(switched.newEngine(UnpooledByteBufAllocator.DEFAULT).getUseClientMode()).isFalse();
    switched.use(two);
    assertThat(switched.current()).isSameAs(two.context());
    assertThat(switched.applicationProtocolNegotiator().protocols()).containsExactly("h2", "http/1.1");
  }

  @Test
  @DisplayName("F5 halves of two pairs, files without a certificate or key, and a certificate that is not good today are refused, without a word of their content")
  void refused() throws IOException {
    Instant now = Instant.now();
    Path garbage = Files.writeString(folder.resolve("garbage"), "SECRETWORD");
    assertThatThrownBy(() -> read(elliptic.certificate, rsa.key, now)).isInstanceOf(IOException.class).hasMessageContaining("is not that of the certificate");
    assertThatThrownBy(() -> read(garbage, rsa.key, now)).isInstanceOf(IOException.class).hasMessageContaining("no certificate").hasMessageNotContaining("SECRETWORD");
    assertThatThrownBy(() -> read(rsa.certificate, garbage, now)).isInstanceOf(IOException.class).hasMessageContaining("no private key").hasMessageNotContaining("SECRETWORD");
    assertThatThrownBy(() -> read(rsa.certificate, rsa.key, now.plus(Duration.ofDays(11)))).isInstanceOf(IOException.class).hasMessageContaining("and not now");
    assertThatThrownBy(() -> read(rsa.certificate, rsa.key, now.minus(Duration.ofDays(1)))).isInstanceOf(IOException.class).hasMessageContaining("and not now");
    assertThatThrownBy(() -> read(folder.resolve("none"), rsa.key, now)).isInstanceOf(IOException.class).hasMessage(folder.resolve("none") + " cannot be read (NoSuchFileException)");
    assertThat(read(rsa.certificate, rsa.key, null).notAfter()).as("at the start it is taken").isAfter(now);
  }
}
