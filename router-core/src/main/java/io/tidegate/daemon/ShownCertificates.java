package io.tidegate.daemon;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.tidegate.telemetry.Names;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** When the certificates that listeners show end: those that were taken into use, whatever the files say by now. Any thread. */
final class ShownCertificates {
  private final WallClock clock;
  private final MeterRegistry registry;
  private final Map<String, Instant> ends = new ConcurrentHashMap<>();

  ShownCertificates(WallClock clock, MeterRegistry registry) {
    this.clock = clock;
    this.registry = registry;
  }

  /**
   * A listener shows the first certificate of this file from now on. To be called whenever it is read.
   *
   * @throws IOException if the file holds no certificate
   */
  void taken(String listener, Path file) throws IOException {
    Instant end;
    try (InputStream in = Files.newInputStream(file)) {
      end = ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in)).getNotAfter().toInstant();
    } catch (CertificateException e) {
      throw new IOException("the certificate file holds no readable certificate", e);
    }
    taken(listener, end);
  }

  /** A listener shows a certificate that ends then, from now on. */
  void taken(String listener, Instant end) {
    if (ends.put(listener, end) == null) {
      TimeGauge.builder(Names.CERTIFICATE_EXPIRY, this, TimeUnit.SECONDS, shown -> shown.secondsLeft(listener)).tag("listener", listener).register(registry);
    }
  }

  double secondsLeft(String listener) {
    Instant end = ends.get(listener);
    return end == null ? 0 : Duration.between(clock.now(), end).toSeconds();
  }
}
