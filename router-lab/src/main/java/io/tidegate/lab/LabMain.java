package io.tidegate.lab;

import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.Emulator;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidegate-lab}: runs the emulated upstreams of a sandbox until it is told to stop. */
@Command(name = "tidegate-lab", mixinStandardHelpOptions = true,
    description = "Starts EMULATED upstreams. No model runs; every answer says so.")
public final class LabMain implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "--private-port", description = "Start the private side here; 0 takes a free port. Both sides start if neither is named.")
  private @Nullable Integer privatePort;

  @Option(names = "--public-port", description = "Start the public side here; 0 takes a free port.")
  private @Nullable Integer publicPort;

  @Option(names = "--private-dialect", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}", defaultValue = "VLLM")
  private EmulatedDialect privateDialect = EmulatedDialect.VLLM;

  @Option(names = "--public-dialect", description = "Default ${DEFAULT-VALUE}", defaultValue = "DEEPSEEK")
  private EmulatedDialect publicDialect = EmulatedDialect.DEEPSEEK;

  @Option(names = "--bind", description = "Literal address; default ${DEFAULT-VALUE}", defaultValue = "127.0.0.1")
  private String bind = "127.0.0.1";

  @Option(names = "--think-time", description = "Milliseconds to the first token; default ${DEFAULT-VALUE}", defaultValue = "150")
  private int thinkMillis = 150;

  @Option(names = "--tokens-per-second", description = "0 = all at once; default ${DEFAULT-VALUE}", defaultValue = "60")
  private double tokensPerSecond = 60;

  @Option(names = "--seed", description = "Default ${DEFAULT-VALUE}", defaultValue = "1")
  private long seed = 1;

  @Option(names = "--port-file", description = "Write the line of JSON here too, whole or not at all.")
  private @Nullable Path portFile;

  @Option(names = "--print-config", description = "Print one line of JSON that names addresses and models.")
  private boolean printConfig;

  @Option(names = "--pid-file", description = "Holds the process id while this runs.")
  private @Nullable Path pidFile;

  @Option(names = "--log-calls", description = "Write a line per model call received, without its content, to standard error.")
  private boolean logCalls;

  @Option(names = "--with-parent", description = "Stop when standard input ends, so that the sandbox dies with who started it.")
  private boolean withParent;

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new LabMain()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** The sides that the options ask for. */
  private Map<String, EmulatorConfig> sides() {
    boolean neither = privatePort == null && publicPort == null;
    Map<String, EmulatorConfig> sides = new LinkedHashMap<>();
    if (neither || privatePort != null) {
      sides.put("private", config(privateDialect, privatePort));
    }
    if (neither || publicPort != null) {
      sides.put("public", config(publicDialect, publicPort));
    }
    return sides;
  }

  private EmulatorConfig config(EmulatedDialect dialect, @Nullable Integer port) {
    // A sandbox may run for weeks: it counts what it receives and keeps none of it.
    return EmulatorConfig.builder(dialect).bindAddress(bind).port(port == null ? 0 : port).seed(seed).recording(false)
        .thinkTime(Duration.ofMillis(thinkMillis)).tokensPerSecond(tokensPerSecond).build();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine line = spec == null ? commandLine() : spec.commandLine();
    PrintWriter out = line.getOut();
    PrintWriter log = line.getErr();
    Map<String, EmulatorConfig> sides = sides();
    try (Sandbox sandbox = Sandbox.start(sides)) {
      for (String side : sides.keySet()) {
        Emulator emulator = sandbox.side(side);
        log.println("EMULATED " + side + " upstream: " + emulator.config().name() + " at " + emulator.baseUrl() + ". No model runs here.");
        if (logCalls) {
          emulator.received().onRequest(new CallLog(log));
        }
      }
      log.flush();
      if (pidFile != null) {
        Files.writeString(pidFile, ProcessHandle.current().pid() + "\n").toFile().deleteOnExit();
      }
      if (printConfig) {
        out.println(sandbox.json());
        out.flush();
      }
      if (portFile != null) {
        Path whole = portFile.resolveSibling(portFile.getFileName() + ".new");
        Files.writeString(whole, sandbox.json() + "\n");
        Files.move(whole, portFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      stay();
    }
    return 0;
  }

  private void stay() throws IOException, InterruptedException {
    if (withParent) {
      try (InputStream in = System.in) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
    } else {
      new CountDownLatch(1).await();
    }
  }
}
