package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.daemon.policy.PolicyCarrier;
import io.tidegate.daemon.policy.PolicyDirectory;
import io.tidegate.daemon.policy.PolicyTexts;
import io.tidegate.model.Problem;
import io.tidegate.policy.signature.KeyRing;
import io.tidegate.policy.signature.Manifest;
import io.tidegate.policy.signature.SignatureCheck;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says whether a daemon with this key ring would take a signed directory. */
@Command(name = "tidegate policy verify", description = "Verifies the signatures of a directory of policies, as a daemon with that key ring would.")
final class PolicyVerifyCommand implements Callable<Integer> {
  @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = "The directory. Default: policy.directory of the configuration.")
  @Nullable Path directory;

  @Option(names = "--keyring", paramLabel = "FILE", description = "The key ring. Default: policy.keyring of the configuration.")
  @Nullable Path keyring;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  PolicyVerifyCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path where = directory;
    Path ring = keyring;
    if (where == null || ring == null) {
      var config = options.load(environment, terminal);
      if (config.isEmpty()) {
        return Exit.BAD_CONFIGURATION;
      }
      where = where == null ? config.get().policy().directory() : where;
      ring = ring == null ? config.get().policy().keyring() : ring;
    }
    if (ring == null) {
      terminal.err().println("there is no key ring. Fix: name one with --keyring, or set policy.keyring");
      return Exit.USAGE;
    }
    return verify(where, ring);
  }

  private int verify(Path where, Path ringFile) {
    List<Problem> problems = new ArrayList<>();
    Optional<KeyRing> ring;
    PolicyTexts texts;
    try {
      ring = KeyRing.parse(ringFile.toString(), Files.readAllBytes(ringFile), problems);
      texts = new PolicyDirectory(where).read();
    } catch (IOException e) {
      terminal.err().println(ringFile + ": the key ring cannot be read (" + e.getClass().getSimpleName() + "). Fix: name a readable file");
      return Exit.USAGE;
    } catch (PolicyCarrier.Unreadable unreadable) {
      terminal.problems(unreadable.problems());
      return Exit.FOUND;
    }
    if (ring.isEmpty()) {
      terminal.problems(problems);
      return Exit.BAD_CONFIGURATION;
    }
    SignatureCheck.Result result = SignatureCheck.check(texts.files(), texts.manifest(), texts.signatures(), ring.get(), null, Instant.now());
    if (json) {
      JsonWriter told = new JsonWriter().beginObject().key("good").bool(result.manifest().isPresent());
      result.manifest().ifPresent(manifest -> told.key("name").string(manifest.name()).key("revision").number(manifest.revision()).key("files")
          .number(manifest.files().size()));
      told.key("signers").beginArray();
      result.signers().forEach(told::string);
      told.endArray().key("may_loosen").bool(result.approved());
      Terminal.problems(told.key("problems"), result.problems());
      terminal.json(told.endObject());
      return result.manifest().isPresent() ? Exit.GOOD : Exit.FOUND;
    }
    if (result.manifest().isEmpty()) {
      terminal.problems(result.problems());
      return Exit.FOUND;
    }
    Manifest manifest = result.manifest().get();
    terminal.out().println("good: " + manifest.name() + " revision " + manifest.revision() + ", " + manifest.files().size() + " files, signed by "
        + String.join(", ", result.signers()) + (result.approved() ? "; may loosen" : "; may not loosen: that needs a second signature"));
    return Exit.GOOD;
  }
}
