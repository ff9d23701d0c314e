package io.tidegate.gguf.cli;

import io.tidegate.gguf.sync.ModelFolder;
import io.tidegate.gguf.sync.ModelManifest;
import io.tidegate.policy.signature.Manifest;
import io.tidegate.policy.signature.Signatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes and signs the manifest of a file, beside it. */
@Command(name = "tidegate model sign", mixinStandardHelpOptions = true,
    description = "Writes model.manifest.json and model.sig beside a GGUF file, for 'tidegate model sync'.")
final class SignCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE.gguf", description = "The model.")
  Path file = Path.of("");

  @Option(names = "--id", required = true, paramLabel = "ID", description = "The key's id in the key ring.")
  String id = "";

  @Option(names = "--key", required = true, paramLabel = "FILE", description = "The private key, as 'tidegate policy keygen' wrote it.")
  Path key = Path.of("");

  @Option(names = "--name", required = true, paramLabel = "NAME", description = "The model's name; folders that follow it follow no other.")
  String name = "";

  @Option(names = "--revision", required = true, paramLabel = "N", description = "Higher with each change.")
  int revision;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    if (!Manifest.isName(id)) {
      System.err.println("tidegate model sign: --id must be 1 to 63 lower-case letters, digits and hyphens");
      return Exit.USAGE;
    }
    ModelManifest manifest;
    byte[] signature;
    try {
      PrivateKey privateKey = read(key);
      manifest = new ModelManifest(name, revision, String.valueOf(file.getFileName()), Files.size(file), ModelFolder.sha256(file));
      Signature signing = Signature.getInstance("Ed25519");
      signing.initSign(privateKey);
      signing.update(ModelManifest.message(manifest.canonical()));
      signature = signing.sign();
    } catch (GeneralSecurityException e) {
      System.err.println("tidegate model sign: " + key + " is no Ed25519 private key. Fix: name the file that 'tidegate policy keygen' wrote");
      return Exit.USAGE;
    } catch (IllegalArgumentException e) {
      System.err.println("tidegate model sign: the name, the revision or the file's name cannot be: letters, digits, '.', '-' and '_'; the file's ends with .gguf");
      return Exit.USAGE;
    } catch (IOException e) {
      System.err.println("tidegate model sign: " + e.getMessage() + " cannot be read");
      return Exit.USAGE;
    }
    Path beside = file.toAbsolutePath().getParent();
    // The signature first: a reader between the two finds one that does not fit, refuses, and comes again.
    write(beside.resolve(ModelManifest.SIGNATURES), new Signatures(List.of(new Signatures.One(id, signature))).text());
    write(beside.resolve(ModelManifest.FILE), manifest.canonical());
    if (json) {
      System.out.println(new String(manifest.canonical(), StandardCharsets.UTF_8).strip());
      return Exit.GOOD;
    }
    System.out.println("signed: " + name + " revision " + revision + ", " + manifest.size() + " bytes, SHA-256 " + manifest.sha256());
    return Exit.GOOD;
  }

  private static void write(Path to, byte[] bytes) throws IOException {
    Path fresh = to.resolveSibling(to.getFileName() + ".new");
    Files.write(fresh, bytes);
    Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static PrivateKey read(Path pem) throws IOException, GeneralSecurityException {
    String text = Files.readString(pem, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----", "");
    return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
  }
}
