package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.terminal.Chapter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * All commands as one tree, for completion, manual pages and the reference. A command line itself loads one command only ({@link Tidegate}); that the two
 * agree is tested by {@code CommandTreeTest}.
 */
final class CommandTree {
  private CommandTree() {}

  /** With the chapters of other programs where their jars are on the class path: {@code tidegate model}. */
  static CommandLine withChapters(Environment environment, Terminal terminal, Server server) {
    CommandLine root = of(environment, terminal, server);
    for (Chapter chapter : ServiceLoader.load(Chapter.class)) {
      CommandLine commands = chapter.commands();
      commands.getCommandSpec().name(chapter.name());
      root.addSubcommand(chapter.name(), commands);
    }
    return root;
  }

  static CommandLine of(Environment environment, Terminal terminal, Server server) {
    CommandLine root = group("tidegate", "Decides for every LLM request where it may go, and shows how that came about.");
    add(root, "serve", new ServeCommand(environment, terminal, server));
    add(root, "sandbox", new SandboxCommand(environment, terminal, server));
    add(root, "check", new CheckCommand(environment, terminal));
    CommandLine policy = group("policy", "Checks, tests, proves, explains, compares, signs and reloads policies.");
    add(policy, "check", new PolicyCheckCommand(environment, terminal));
    add(policy, "test", new PolicyTestCommand(environment, terminal));
    add(policy, "prove", new ProveCommand(environment, terminal));
    add(policy, "explain", new ExplainCommand(environment, terminal));
    add(policy, "diff", new DiffCommand(terminal));
    add(policy, "replay", new ReplayCommand(environment, terminal));
    add(policy, "keygen", new PolicyKeygenCommand(terminal));
    add(policy, "sign", new PolicySignCommand(terminal));
    add(policy, "verify", new PolicyVerifyCommand(environment, terminal));
    add(policy, "reload", new PolicyReloadCommand(environment, terminal));
    root.addSubcommand("policy", policy);
    CommandLine keys = group("keys", "Makes keys for callers.");
    add(keys, "new", new KeysCommand(terminal));
    root.addSubcommand("keys", keys);
    add(root, "ask", new AskCommand(environment, terminal));
    add(root, "reload", new ReloadCommand(environment, terminal));
    add(root, "upgrade", new UpgradeCommand(terminal));
    add(root, "status", new StatusCommand(environment, terminal));
    add(root, "top", new TopCommand(environment, terminal));
    add(root, "tail", new TailCommand(environment, terminal));
    add(root, "cache", new CacheCommand(environment, terminal));
    add(root, "cost", new CostCommand(environment, terminal));
    CommandLine forecast = group("forecast", "Says how well the load would have been forecast.");
    add(forecast, "score", new ForecastCommand(terminal));
    root.addSubcommand("forecast", forecast);
    CommandLine audit = group("audit", "Reads and checks decision records.");
    add(audit, "verify", new AuditVerifyCommand(environment, terminal));
    add(audit, "show", new AuditShowCommand(environment, terminal));
    add(audit, "export", new AuditExportCommand(environment, terminal));
    add(audit, "key", new AuditKeyCommand(environment, terminal));
    add(audit, "replay", new ReplayCommand(environment, terminal));
    root.addSubcommand("audit", audit);
    add(root, "completion", new CompletionCommand(environment, terminal, server));
    add(root, "man", new ManCommand(environment, terminal, server));
    add(root, "version", new VersionCommand(terminal));
    return root;
  }

  private static CommandLine group(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description);
    return new CommandLine(spec);
  }

  private static void add(CommandLine group, String name, Object command) {
    CommandLine line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
    // On its own a command says its whole name; in the tree those above it say the rest.
    line.getCommandSpec().name(name);
    group.addSubcommand(name, line);
  }
}
