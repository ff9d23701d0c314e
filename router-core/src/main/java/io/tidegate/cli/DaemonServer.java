package io.tidegate.cli;

import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.Hangup;
import io.tidegate.daemon.StartFailure;
import io.tidegate.daemon.reload.ConfigSource;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The daemon itself, until the process is told to stop. */
final class DaemonServer implements Server {
  private static final long START_SECONDS = 30;

  private final Map<String, String> environment;

  DaemonServer(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public int run(TidegateConfig config, Terminal terminal) {
    return run(config, ConfigSource.fixed(config), terminal);
  }

  @Override
  public int run(TidegateConfig config, ConfigSource source, Terminal terminal) {
    JsonLogging.level(config.telemetry().logLevel());
    // Before the daemon says that it is ready: a signal that comes right then must find somebody, and one that comes earlier is answered then.
    CompletableFuture<Daemon> started = new CompletableFuture<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "stop"));
    Hangup.then(() -> started.thenAccept(Daemon::reload));
    try {
      started.complete(Daemon.start(config, source, environment, JsonLogging::level));
    } catch (StartFailure failure) {
      started.cancel(false);
      JsonLogging.stop();
      terminal.problems(failure.problems());
      terminal.err().println(failure.getMessage());
      return Exit.BAD_CONFIGURATION;
    } catch (RuntimeException | Error defect) {
      started.cancel(false);
      throw defect;
    }
    try {
      Thread.currentThread().join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return Exit.GOOD;
  }

  /** A daemon that is starting is waited for; one that failed to is left alone. */
  private static void stop(CompletableFuture<Daemon> started) {
    try {
      started.get(START_SECONDS, TimeUnit.SECONDS).stop();
    } catch (CancellationException | ExecutionException | TimeoutException notRunning) {
      return;
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return;
    }
    JsonLogging.stop();
    // A JVM that a signal ends would exit with 143, which systemd and scripts read as a failure; a drained stop is none (H1).
    Runtime.getRuntime().halt(Exit.GOOD);
  }
}
