package io.tidegate.gguf.cli;

import io.tidegate.terminal.Chapter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of {@code tidegate model} for completion and manual pages, which the daemon's program makes of all commands. */
public final class ModelChapter implements Chapter {
  @Override
  public String name() {
    return "model";
  }

  @Override
  public CommandLine commands() {
    CommandSpec spec = CommandSpec.create().name(name());
    spec.usageMessage().description("Serves, compares, signs and distributes a private model.");
    CommandLine model = new CommandLine(spec);
    add(model, "serve", new ServeCommand());
    add(model, "bench", new BenchCommand());
    add(model, "sign", new SignCommand());
    add(model, "sync", new SyncCommand());
    return model;
  }

  private static void add(CommandLine model, String name, Object command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().name(name);
    model.addSubcommand(name, line);
  }
}
