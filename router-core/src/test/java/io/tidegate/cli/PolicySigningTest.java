package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidegate policy keygen}, {@code sign} and {@code verify}, as two people use them. */
class PolicySigningTest {
  @TempDir Path folder;
  private Path policies = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void policies() throws IOException {
    policies = Files.createDirectory(folder.resolve("policies"));
    Files.copy(Path.of(System.getProperty("tidegate.root", ".."), "policies", "baseline.yaml"), policies.resolve("baseline.yaml"));
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return new Tidegate(Environment.empty(), new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)),
        (config, terminal) -> Exit.GOOD).run(arguments);
  }

  private String key(String id) {
    Path file = folder.resolve(id + ".key");
    assertThat(run("policy", "keygen", "--id", id, "--out", file.toString())).isEqualTo(Exit.GOOD);
    return out.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("  - {id: " + id)).findFirst().orElseThrow();
  }

  private int sign(String id, String... more) {
    String[] all = new String[7 + more.length];
    System.arraycopy(new String[] {"policy", "sign", policies.toString(), "--id", id, "--key", folder.resolve(id + ".key").toString()}, 0, all, 0, 7);
    System.arraycopy(more, 0, all, 7, more.length);
    return run(all);
  }

  private int verify() {
    return run("policy", "verify", policies.toString(), "--keyring", folder.resolve("ring.yaml").toString());
  }

  @Test
  @DisplayName("K6 one signs, the other adds a signature; a change is signed anew with the next revision")
  void twoPeople() throws IOException {
    Files.writeString(folder.resolve("ring.yaml"), "keys:\n" + key("alice") + "\n" + key("bob") + "\n");
    assertThat(verify()).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("not signed").contains("Fix: run: tidegate policy sign");
    assertThat(sign("alice", "--name", "corp")).isEqualTo(Exit.GOOD);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("corp revision 1, 1 files, by alice").contains("second signature");
    assertThat(verify()).isEqualTo(Exit.GOOD);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("signed by alice; may not loosen");
    assertThat(sign("bob")).isEqualTo(Exit.GOOD);
    assertThat(verify()).isEqualTo(Exit.GOOD);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("corp revision 1").contains("signed by alice, bob; may loosen");

    Path file = policies.resolve("baseline.yaml");
    Files.writeString(file, Files.readString(file).replace("  revision: 1\n", "  revision: 2\n"));
    assertThat(verify()).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("not the ones that were signed");
    assertThat(sign("bob")).isEqualTo(Exit.GOOD);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("corp revision 2, 1 files, by bob");
    Files.writeString(folder.resolve("ring.yaml"), Files.readString(folder.resolve("ring.yaml")).replace("id: bob,", "id: bob, revoked: true,"));
    assertThat(verify()).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("the key 'bob' is revoked");
  }

  @Test
  @DisplayName("K6 a private key is 0600, is never printed and never overwritten, and is refused when others may read it")
  void privateKeys() throws IOException {
    key("alice");
    Path file = folder.resolve("alice.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    String secret = Files.readString(file).lines().skip(1).findFirst().orElseThrow();
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain(secret);
    assertThat(run("policy", "keygen", "--id", "alice", "--out", file.toString())).isEqualTo(Exit.USAGE);
    assertThat(Files.readString(file)).contains(secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(sign("alice")).isEqualTo(Exit.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("others may read").doesNotContain(secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "nonsense");
    assertThat(sign("alice")).isEqualTo(Exit.USAGE);
    assertThat(policies.resolve("bundle.sig")).doesNotExist();
  }

  @Test
  @DisplayName("what no daemon could take is not signed; wrong words are usage")
  void refusals() throws IOException {
    key("alice");
    assertThat(run("policy", "keygen", "--id", "Alice!")).isEqualTo(Exit.USAGE);
    assertThat(run("policy", "sign", policies.toString(), "--id", "alice")).as("no key").isEqualTo(Exit.USAGE);
    assertThat(run("policy", "verify", policies.toString())).as("no key ring").isEqualTo(Exit.USAGE);
    assertThat(sign("alice", "--revision", "0")).isEqualTo(Exit.USAGE);
    Files.writeString(policies.resolve("more.yaml"), "nonsense");
    assertThat(sign("alice")).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("more.yaml:1:1");
    Files.delete(policies.resolve("more.yaml"));
    Files.writeString(folder.resolve("ring.yaml"), "keys: []\n");
    assertThat(sign("alice")).isEqualTo(Exit.GOOD);
    assertThat(verify()).isEqualTo(Exit.BAD_CONFIGURATION);
  }

  @Test
  @DisplayName("reload without a daemon is 1, and says what to do")
  void noDaemon() {
    assertThat(run("policy", "reload", "--set", "admin.listen=127.0.0.1:1")).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no daemon answers").contains("Fix:");
  }
}
