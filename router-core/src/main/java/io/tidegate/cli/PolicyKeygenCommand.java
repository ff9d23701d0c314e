package io.tidegate.cli;

import io.tidegate.policy.signature.Manifest;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key that signs policies. The private half is written to a file, the public half is printed. */
@Command(name = "tidegate policy keygen", description = "Makes an Ed25519 key that signs policies, and prints its entry for the key ring (policy.keyring).")
final class PolicyKeygenCommand implements Callable<Integer> {
  @Option(names = "--id", required = true, paramLabel = "ID", description = "Whose key it is: 1 to 63 lower-case letters, digits and hyphens.")
  String id = "";

  @Option(names = "--out", paramLabel = "FILE", description = "Where the private key is written, mode 0600. Default: ID.key here.")
  @Nullable Path out;

  @Option(names = "--until", paramLabel = "DATE", description = "The last day on which it signs. Default: a year from today.")
  @Nullable LocalDate until;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;

  PolicyKeygenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws GeneralSecurityException {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    LocalDate end = until == null ? today.plusYears(1) : until;
    if (!Manifest.isName(id) || end.isBefore(today)) {
      terminal.err().println(Manifest.isName(id) ? "--until is in the past. Fix: write a day to come, such as " + today.plusYears(1)
          : "--id is not an id. Fix: write 1 to 63 lower-case letters, digits and hyphens");
      return Exit.USAGE;
    }
    Path file = out == null ? Path.of(id + ".key") : out;
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try {
      SigningKeyFile.write(file, pair.getPrivate());
    } catch (FileAlreadyExistsException there) {
      terminal.err().println(file + ": there is such a file already. Fix: name another with --out; a key is never overwritten");
      return Exit.USAGE;
    } catch (IOException e) {
      terminal.err().println(file + ": cannot be written (" + e.getClass().getSimpleName() + "). Fix: name a writable place with --out");
      return Exit.FOUND;
    }
    String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    if (json) {
      terminal.json(new JsonWriter().beginObject().key("id").string(id).key("publicKey").string(publicKey).key("from").string(today.toString()).key("until")
          .string(end.toString()).key("private_key_file").string(file.toString()).endObject());
      return Exit.GOOD;
    }
    terminal.out().println("# The private key is in " + file + ". Entry for the key ring, below 'keys:':");
    terminal.out().println("  - {id: " + id + ", publicKey: " + publicKey + ", from: " + today
        + ", until: " + end + "}");
    return Exit.GOOD;
  }
}
