package io.tidegate.cli;

import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.reload.ConfigSource;

/** What {@code serve} and {@code sandbox} run. */
@FunctionalInterface
interface Server {
  /**
   * Starts the daemon and returns when it has stopped.
   *
   * @return exit code
   */
  int run(TidegateConfig config, Terminal terminal);

  /** The same, with a configuration that can be read again from {@code source}. */
  default int run(TidegateConfig config, ConfigSource source, Terminal terminal) {
    return run(config, terminal);
  }
}
