package io.tidegate.cli;

import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.PublicKeyText;
import io.tidegate.config.Environment;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The installation's public key, to be handed to auditors. */
@Command(name = "tidegate audit key",
    description = "Prints the public key that signs the records' heads. Hand it to the auditor, who keeps it: 'audit verify --key'.")
final class AuditKeyCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin AuditDirectory where = new AuditDirectory();

  private final Environment environment;
  private final Terminal terminal;

  AuditKeyCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return where.with(environment, terminal, null, this::print);
  }

  private int print(Path directory) {
    try {
      PublicKeyText key = PublicKeyText.parse(Files.readString(directory.resolve(FileAuditLog.PUBLIC_KEY), StandardCharsets.US_ASCII));
      if (json) {
        terminal.json(new JsonWriter().beginObject().key("fingerprint").string(key.fingerprint()).key("pem").string(key.pem()).endObject());
        return Exit.GOOD;
      }
      terminal.out().print(key.pem());
      terminal.err().println("fingerprint " + key.fingerprint());
      return Exit.GOOD;
    } catch (IOException | IllegalArgumentException none) {
      terminal.err().println("no public key in " + directory + ". Fix: start the daemon once; it makes the key at its first start");
      return Exit.FOUND;
    }
  }
}
