package io.tidegate.gguf.cli;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/** What {@code tidegate model} runs. */
public final class ModelMain {
  private static final String HELP = """
      usage: tidegate model COMMAND [OPTIONS]

        serve    serves a GGUF file over a Unix socket, in the OpenAI shape
        bench    compares two files of one model: size, speed, memory, quality
        sign     writes and signs the manifest of a file
        sync     keeps a folder at the model that a signed manifest names

      'tidegate model COMMAND --help' says more. Exit codes: 0 good, 1 found something wrong, 2 usage, 78 bad configuration.
      """;

  /** Kept: a logger that nobody holds forgets its level. Without a network Netty would tell at length that there is none. */
  private static final Logger NETTY = Logger.getLogger("io.netty");

  private ModelMain() {}

  public static void main(String[] arguments) {
    NETTY.setLevel(Level.SEVERE);
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    String command = arguments.length == 0 ? "" : arguments[0];
    String[] rest = arguments.length == 0 ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
    switch (command) {
      case "serve":
        return picocli(new ServeCommand(), rest);
      case "bench":
        return picocli(new BenchCommand(), rest);
      case "sign":
        return picocli(new SignCommand(), rest);
      case "sync":
        return picocli(new SyncCommand(), rest);
      case "measure":
        return picocli(new MeasureCommand(), rest);
      case "help", "--help", "-h":
        System.out.print(HELP);
        return Exit.GOOD;
      default:
        System.err.println(command.isEmpty() ? "tidegate model: which command?" : "tidegate model: there is no such command");
        System.err.print(HELP);
        return Exit.USAGE;
    }
  }

  private static int picocli(Callable<Integer> command, String[] arguments) {
    return new CommandLine(command).setExecutionExceptionHandler((failure, line, result) -> {
      // The class only: a message may quote what was read (G3).
      System.err.println("tidegate model: failed with " + failure.getClass().getName());
      return Exit.FOUND;
    }).execute(arguments);
  }
}
