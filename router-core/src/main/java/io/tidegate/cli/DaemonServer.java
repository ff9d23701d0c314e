package io.tidegate.cli;

import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.Hangup;
import io.tidegate.daemon.StartFailure;
import java.util.Map;

/** The daemon itself, until the process is told to stop. */
final class DaemonServer implements Server {
  private final Map<String, String> environment;

  DaemonServer(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public int run(TidegateConfig config, Terminal terminal) {
    JsonLogging.level(config.telemetry().logLevel());
    Daemon daemon;
    try {
      daemon = Daemon.start(config, environment);
    } catch (StartFailure failure) {
      JsonLogging.stop();
      terminal.problems(failure.problems());
      terminal.err().println(failure.getMessage());
      return Exit.BAD_CONFIGURATION;
    }
    Hangup.then(daemon::reloadPolicies);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      daemon.stop();
      JsonLogging.stop();
      // A JVM that a signal ends would exit with 143, which systemd and scripts read as a failure; a drained stop is none (H1).
      Runtime.getRuntime().halt(Exit.GOOD);
    }, "stop"));
    try {
      Thread.currentThread().join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return Exit.GOOD;
  }
}
