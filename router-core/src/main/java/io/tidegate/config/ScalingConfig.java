package io.tidegate.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How many replicas there should be, as far as the daemon has a say: the forecast of its own load, and the listener that KEDA asks.
 *
 * @param window length of a counted window, seconds
 * @param state file that keeps what was learnt
 * @param listen null for no listener
 * @param tls of the listener; null for plain text
 */
public record ScalingConfig(Mode mode, int window, Path state, @Nullable Listen listen, TidegateConfig.@Nullable Tls tls) {
  /** What is done with a forecast. */
  public enum Mode {
    OFF,
    /** It is made, scored and shown, and nobody acts on it. */
    SHADOW,
    /** It may ask for more replicas, never for fewer. */
    ACT
  }
}
