package io.tidegate.cli;

import io.tidegate.config.TidegateConfig;

/** What {@code serve} and {@code sandbox} run. */
interface Server {
  /**
   * Starts the daemon and returns when it has stopped.
   *
   * @return exit code
   */
  int run(TidegateConfig config, Terminal terminal);
}
