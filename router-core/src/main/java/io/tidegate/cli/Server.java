package io.tidegate.cli;

import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.reload.ConfigSource;

/** What {@code serve} and {@code sandbox} run. */
interface Server {
  /**
   * Starts the daemon and returns when it has stopped.
   *
   * @param source where {@code config} came from, for a reload
   * @return exit code
   */
  int run(TidegateConfig config, ConfigSource source, Terminal terminal);
}
