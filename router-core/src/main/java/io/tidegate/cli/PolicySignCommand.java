package io.tidegate.cli;

import io.tidegate.daemon.policy.PolicyCarrier;
import io.tidegate.daemon.policy.PolicyDirectory;
import io.tidegate.daemon.policy.PolicyTexts;
import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.policy.signature.Manifest;
import io.tidegate.policy.signature.Signatures;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs a directory of policies: makes its manifest, or adds a second signature to one that still fits. */
@Command(name = "tidegate policy sign", description = {"Signs a directory of policies: writes bundle.manifest.json and bundle.sig beside them.",
    "If the manifest there fits the files, the signature is added to it: so a second person signs what the first has signed."})
final class PolicySignCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "The directory with the policies.")
  Path directory = Path.of(".");

  @Option(names = "--id", required = true, paramLabel = "ID", description = "The key's id in the key ring.")
  String id = "";

  @Option(names = "--key", required = true, paramLabel = "FILE", description = "The private key, as 'tidegate policy keygen' wrote it.")
  Path key = Path.of("");

  @Option(names = "--name", paramLabel = "NAME", description = "The bundle's name. Default: the one it has, else 'policy'.")
  @Nullable String name;

  @Option(names = "--revision", paramLabel = "N", description = "The bundle's revision. Default: one more than it has.")
  @Nullable Integer revision;

  @Option(names = "--not-before", paramLabel = "TIME", description = "No daemon takes it earlier, such as 2026-12-01T00:00:00Z. Default: the beginning of today.")
  @Nullable Instant notBefore;

  @Option(names = "--not-after", paramLabel = "TIME", description = "No daemon takes it from then on. Default: no end.")
  @Nullable Instant notAfter;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;

  PolicySignCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws GeneralSecurityException {
    if (!Manifest.isName(id) || name != null && !Manifest.isName(name) || revision != null && revision < 1) {
      terminal.err().println("--id and --name are 1 to 63 lower-case letters, digits and hyphens, --revision is at least 1. Fix: correct them");
      return Exit.USAGE;
    }
    PrivateKey privateKey;
    try {
      privateKey = SigningKeyFile.read(key);
    } catch (IOException e) {
      terminal.err().println(e.getMessage());
      return Exit.USAGE;
    }
    PolicyTexts texts;
    try {
      texts = new PolicyDirectory(directory).read();
    } catch (PolicyCarrier.Unreadable unreadable) {
      terminal.problems(unreadable.problems());
      return Exit.FOUND;
    }
    if (!signable(texts)) {
      return Exit.FOUND;
    }
    byte[] there = texts.manifest();
    Optional<Manifest> old = there == null ? Optional.empty() : Manifest.parse(there);
    boolean second = old.isPresent() && old.get().covers(texts.files()) && name == null && revision == null && notBefore == null && notAfter == null;
    try {
      Manifest manifest = second ? old.orElseThrow() : Manifest.of(name != null ? name : old.map(Manifest::name).orElse("policy"),
          revision != null ? revision : old.map(m -> m.revision() + 1).orElse(1),
          notBefore != null ? notBefore : LocalDate.now(ZoneOffset.UTC).atStartOfDay(ZoneOffset.UTC).toInstant(), notAfter, texts.files());
      byte[] bytes = manifest.canonical();
      byte[] signed = texts.signatures();
      Signatures before = second && signed != null && Arrays.equals(bytes, there) ? Signatures.parse(signed).orElse(Signatures.none()) : Signatures.none();
      Signatures after = before.and(id, privateKey, bytes);
      write(Manifest.FILE, bytes);
      write(Signatures.FILE, after.text());
      if (json) {
        JsonWriter told = new JsonWriter().beginObject().key("name").string(manifest.name()).key("revision").number(manifest.revision()).key("files")
            .number(manifest.files().size()).key("signers").beginArray();
        after.list().forEach(one -> told.string(one.keyId()));
        terminal.json(told.endArray().key("may_loosen").bool(after.list().size() >= 2).endObject());
        return Exit.GOOD;
      }
      terminal.out().println("signed: " + manifest.name() + " revision " + manifest.revision() + ", " + manifest.files().size() + " files, by "
          + after.list().stream().map(Signatures.One::keyId).collect(Collectors.joining(", ")));
      if (after.list().size() < 2) {
        terminal.out().println("a bundle that lets more out needs a second signature, by another person: tidegate policy sign " + directory);
      }
      return Exit.GOOD;
    } catch (IOException e) {
      terminal.err().println(directory + ": cannot be written (" + e.getClass().getSimpleName() + "). Fix: sign a copy that you may write");
      return Exit.FOUND;
    }
  }

  /** Only what a daemon could take is signed. */
  private boolean signable(PolicyTexts texts) {
    Optional<String> odd = texts.files().keySet().stream().filter(file -> !Manifest.isFileName(file)).findFirst();
    if (odd.isPresent()) {
      terminal.err().println(directory + ": a file's name has characters beyond letters, digits, '.', '_' and '-'. Fix: rename it");
      return false;
    }
    PolicyCompiler.Result compiled = PolicyCompiler.compile(texts.shown(), LocalDate.now(ZoneOffset.UTC));
    terminal.problems(compiled.problems());
    for (Problem notice : compiled.notices()) {
      terminal.err().println("note: " + notice);
    }
    return compiled.problems().isEmpty();
  }

  /** In one step, so that a daemon that watches the directory never reads half of it. */
  private void write(String file, byte[] bytes) throws IOException {
    Path fresh = directory.resolve(file + ".new");
    Files.write(fresh, bytes);
    Files.move(fresh, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
