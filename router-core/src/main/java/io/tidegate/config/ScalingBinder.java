package io.tidegate.config;

import io.tidegate.config.ScalingConfig.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the sections {@code forecast} and {@code scaler}. */
final class ScalingBinder {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final String MODE = "rw-------";

  private final Listeners listeners;
  private final Function<Section, TidegateConfig.@Nullable Tls> tls;

  /** @param tls reads a listener's {@code tls} section */
  ScalingBinder(Listeners listeners, Function<Section, TidegateConfig.@Nullable Tls> tls) {
    this.listeners = listeners;
    this.tls = tls;
  }

  /** @param records directory of the decision records, beside which the forecast is kept */
  ScalingConfig bind(Section root, Path records) {
    Section forecast = root.section("forecast");
    Mode mode = forecast.word("mode", Mode.class).orElse(Mode.SHADOW);
    Duration window = forecast.duration("window", MINUTE, TEN_MINUTES, TEN_MINUTES);
    if (!window.equals(MINUTE) && !window.equals(TEN_MINUTES)) {
      forecast.problem("window", "forecast.window is neither a minute nor ten", "write 1m or 10m");
    }
    Path state = forecast.optional("state", References::path).orElseGet(() -> records.resolveSibling("forecast.state"));
    forecast.end();
    Section scaler = root.section("scaler");
    Listen listen = scaler.optional("listen", Listen::parse).map(where -> where.withMode(MODE)).orElse(null);
    TidegateConfig.Tls certificate = tls.apply(scaler);
    if (listen != null) {
      listeners.add("scaler", listen, scaler);
      // It shows no more than numbers, but has no callers of its own: a private address, or those who show a certificate.
      if (certificate == null || certificate.clientCa() == null) {
        Listeners.needsCertificates(listen, scaler);
      }
    } else if (certificate != null) {
      scaler.problem("tls", "there is no listener to use the certificate", "add scaler.listen, or remove tls");
    }
    scaler.end();
    return new ScalingConfig(mode, (int) window.toSeconds(), state, listen, certificate);
  }
}
