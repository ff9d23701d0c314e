package io.tidegate.daemon.reload;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.TidegateConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the configuration came from, to be asked again.
 *
 * @param first what the daemon started with
 * @param again reads file, flags and environment as at the start; blocking
 */
public record ConfigSource(ConfigLoader.Loaded first, Supplier<ConfigLoader.Loaded> again) {
  /** One that stays as it is: a reload reads certificates and policies again. */
  public static ConfigSource fixed(TidegateConfig config) {
    ConfigLoader.Loaded loaded = new ConfigLoader.Loaded(Optional.of(config), List.of(), Map.of());
    return new ConfigSource(loaded, () -> loaded);
  }
}
