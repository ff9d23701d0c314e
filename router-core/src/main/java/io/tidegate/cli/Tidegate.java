package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.yaml.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * The program. Picks one command by the first word, and only that one is loaded: {@code serve} starts without picocli, and no command loads what
 * another needs.
 */
public final class Tidegate {
  private static final String AUDIT_USAGE =
      "usage: tidegate audit verify|show|export|key|replay [OPTIONS]; 'tidegate audit verify --help' says more";

  private static final String POLICY_USAGE =
      "usage: tidegate policy check|test|prove|explain|diff|replay|keygen|sign|verify|reload [OPTIONS]; 'tidegate policy prove --help' says more";

  private static final String HELP = """
      usage: tidegate COMMAND [OPTIONS]

        serve           runs the daemon
        sandbox         the same, with what is found on this host and a labelled emulator for each side that is missing
        check           proves a configuration without starting
        policy check    compiles policies and prints every problem
        policy test     runs the tests that stand in policies
        policy prove    shows that no state of the world lets content out that must not leave, or how one does
        policy explain  says why a request is decided as it is, with what was found masked
        policy diff     says what a change of policy loosens and tightens
        policy replay   judges recorded decisions again under another policy
        policy keygen   makes a key that signs policies, and its entry for the key ring
        policy sign     signs a directory of policies
        policy verify   says whether a key ring's daemon would take it
        policy reload   asks a running daemon to read its policies again
        keys new        makes a caller's key and its line for the keys file
        ask             asks a running daemon one question over gRPC, and shows the route of the answer
        reload          asks a running daemon to read configuration, certificates and policies again
        upgrade         puts a new daemon in the place of the running one, without losing a request (systemd)
        status          shows how a running daemon fares, on one screen
        top             the same, again and again: rates, places in use, times
        tail            decisions of a running daemon as they are taken, one a line
        cache status    shows how a running daemon's edge cache fares
        cache purge     removes cached answers from it
        cost            what a job's answers cost, and what took how much off, by the prices in the configuration
        forecast score  says how well a recorded load would have been forecast, half an hour ahead
        audit verify    checks decision records: every gap, edit and cut is named
        audit show      shows decision records, for eyes
        audit export    prints decision records as JSON lines
        audit key       prints the public key that signs decision records
        completion      prints a completion script for bash or zsh
        man             writes the manual pages
        version         says which build this is

      'tidegate COMMAND --help' says more. Exit codes: 0 good, 1 found something wrong, 2 usage, 78 bad configuration.
      """;

  private final Environment environment;
  private final Terminal terminal;
  private final Server server;

  Tidegate(Environment environment, Terminal terminal, Server server) {
    this.environment = environment;
    this.terminal = terminal;
    this.server = server;
  }

  public static void main(String[] arguments) {
    Environment environment = Environment.system();
    Terminal terminal = new Terminal(System.out, System.err);
    System.exit(new Tidegate(environment, terminal, new DaemonServer(environment.variables())).run(arguments));
  }

  /** The exit code of one command line. */
  int run(String... arguments) {
    String command = arguments.length == 0 ? "" : arguments[0];
    String[] rest = arguments.length == 0 ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
    return switch (command) {
      case "serve" -> serve(rest);
      case "sandbox" -> picocli(new SandboxCommand(environment, terminal, server), rest);
      case "check" -> picocli(new CheckCommand(environment, terminal), rest);
      case "policy" -> policy(rest);
      case "keys" -> keys(rest);
      case "ask" -> picocli(new AskCommand(environment, terminal), rest);
      case "reload" -> picocli(new ReloadCommand(environment, terminal), rest);
      case "upgrade" -> picocli(new UpgradeCommand(terminal), rest);
      case "status" -> picocli(new StatusCommand(environment, terminal), rest);
      case "top" -> picocli(new TopCommand(environment, terminal), rest);
      case "tail" -> picocli(new TailCommand(environment, terminal), rest);
      case "cache" -> picocli(new CacheCommand(environment, terminal), rest);
      case "audit" -> audit(rest);
      case "cost" -> picocli(new CostCommand(environment, terminal), rest);
      case "forecast" -> forecast(rest);
      case "completion" -> picocli(new CompletionCommand(environment, terminal, server), rest);
      case "man" -> picocli(new ManCommand(environment, terminal, server), rest);
      case "version", "--version", "-V" -> picocli(new VersionCommand(terminal), rest);
      case "help", "--help", "-h" -> {
        terminal.out().print(HELP);
        yield Exit.GOOD;
      }
      default -> {
        terminal.err().println(command.isEmpty() ? "tidegate: which command?" : "tidegate: there is no such command" + near(command, commands()));
        terminal.err().print(HELP);
        yield Exit.USAGE;
      }
    };
  }

  private int serve(String[] rest) {
    ServeCommand plain = new ServeCommand(environment, terminal, server);
    return plain.takes(rest) ? plain.call() : picocli(new ServeCommand(environment, terminal, server), rest);
  }

  private int keys(String[] rest) {
    if (rest.length == 0 || !rest[0].equals("new")) {
      terminal.err().println("usage: tidegate keys new TENANT NAME");
      return Exit.USAGE;
    }
    return picocli(new KeysCommand(terminal), Arrays.copyOfRange(rest, 1, rest.length));
  }

  private int forecast(String[] rest) {
    String usage = "usage: tidegate forecast score --trace FILE; 'tidegate forecast score --help' says more";
    return switch (rest.length == 0 ? "" : rest[0]) {
      case "score" -> picocli(new ForecastCommand(terminal), Arrays.copyOfRange(rest, 1, rest.length));
      case "--help", "-h" -> {
        terminal.out().println(usage);
        yield Exit.GOOD;
      }
      default -> {
        terminal.err().println(usage);
        yield Exit.USAGE;
      }
    };
  }

  private int audit(String[] rest) {
    String verb = rest.length == 0 ? "" : rest[0];
    String[] more = rest.length == 0 ? rest : Arrays.copyOfRange(rest, 1, rest.length);
    return switch (verb) {
      case "verify" -> picocli(new AuditVerifyCommand(environment, terminal), more);
      case "show" -> picocli(new AuditShowCommand(environment, terminal), more);
      case "export" -> picocli(new AuditExportCommand(environment, terminal), more);
      case "key" -> picocli(new AuditKeyCommand(environment, terminal), more);
      case "replay" -> picocli(new ReplayCommand(environment, terminal), more);
      case "--help", "-h" -> {
        terminal.out().println(AUDIT_USAGE);
        yield Exit.GOOD;
      }
      default -> {
        terminal.err().println(AUDIT_USAGE + near(verb, AUDIT_USAGE));
        yield Exit.USAGE;
      }
    };
  }

  private int policy(String[] rest) {
    String verb = rest.length == 0 ? "" : rest[0];
    String[] options = rest.length == 0 ? rest : Arrays.copyOfRange(rest, 1, rest.length);
    return switch (verb) {
      case "test" -> picocli(new PolicyTestCommand(environment, terminal), options);
      case "prove" -> picocli(new ProveCommand(environment, terminal), options);
      case "diff" -> picocli(new DiffCommand(terminal), options);
      case "explain" -> picocli(new ExplainCommand(environment, terminal), options);
      case "replay" -> picocli(new ReplayCommand(environment, terminal), options);
      case "keygen" -> picocli(new PolicyKeygenCommand(terminal), options);
      case "sign" -> picocli(new PolicySignCommand(terminal), options);
      case "verify" -> picocli(new PolicyVerifyCommand(environment, terminal), options);
      case "reload" -> picocli(new PolicyReloadCommand(environment, terminal), options);
      case "check" -> picocli(new PolicyCheckCommand(environment, terminal), options);
      case "--help", "-h" -> {
        terminal.out().println(POLICY_USAGE);
        yield Exit.GOOD;
      }
      default -> {
        terminal.err().println(POLICY_USAGE + near(verb, POLICY_USAGE));
        yield Exit.USAGE;
      }
    };
  }

  /** What was probably meant, of the words of a usage; nothing where none is near. */
  private static String near(String word, String usage) {
    return word.isEmpty() ? "" : Suggestion.near(word, List.of(usage.split("[ |\n]+"))).map(meant -> ". Did you mean '" + meant + "'?").orElse("");
  }

  /** First words of the lines that name commands. */
  private static String commands() {
    return HELP.lines().filter(line -> line.startsWith("  ")).map(line -> line.strip().split(" ", 2)[0]).collect(Collectors.joining(" "));
  }

  private int picocli(Callable<Integer> command, String[] arguments) {
    return TimeOption.of(new CommandLine(command)).setCaseInsensitiveEnumValuesAllowed(true).setOut(new java.io.PrintWriter(terminal.out(), true))
        .setErr(new java.io.PrintWriter(terminal.err(), true)).setExecutionExceptionHandler((failure, line, result) -> {
          // The class only: a message may quote what was read (G3).
          terminal.err().println("tidegate: failed with " + failure.getClass().getName());
          return Exit.FOUND;
        }).execute(arguments);
  }
}
