package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.daemon.StartFailure;
import io.tidegate.line.Rules;
import io.tidegate.model.Problem;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.signature.Signed;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyLifeTest {
  static final String HELIOS = "Plan the next milestone of helios.";
  static final String RAISE = """
      lists: {projects: {terms: [helios]}}
      detectors: [{id: project-name, list: projects, likelihood: very-likely}]
      rules: [{id: project, types: [PROJECT_NAME], raiseTo: confidential, reason: Names a project}]""";

  @TempDir Path folder;
  private LifeRig rig;

  @BeforeEach
  void make() throws IOException {
    rig = new LifeRig(folder);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private String status() {
    JsonWriter out = new JsonWriter();
    rig.life().status(out);
    return new String(out.toBytes(), StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("G6 a good bundle is swapped in whole; who has taken its rules keeps them")
  void swap() throws Exception {
    rig.start();
    Rules before = rig.life().rules();
    String digest = rig.life().digest();
    rig.write("projects.yaml", LifeRig.projects(1, RAISE));
    ReloadOutcome outcome = rig.life().attempt();
    assertThat(outcome.kind()).isEqualTo(ReloadOutcome.Kind.ACCEPTED);
    assertThat(rig.life().digest()).isEqualTo(outcome.digest()).isNotEqualTo(digest);
    assertThat(rig.judged(HELIOS)).isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(LifeRig.decide(before, HELIOS).sensitivity()).as("a request in flight").isEqualTo(Sensitivity.INTERNAL);
    assertThat(LifeRig.decide(before, HELIOS).policyDigest()).isEqualTo(digest);
    assertThat(rig.life().warnings()).isEmpty();
    assertThat(rig.registry.get("tidegate.policy.info").gauges()).singleElement().satisfies(g -> assertThat(g.getId().getTag("digest")).isEqualTo(outcome.digest()));
  }

  static Stream<Arguments> bad() throws IOException {
    String base = LifeRig.base(2);
    return Stream.of(
        Arguments.of("empty", "", "compile"),
        Arguments.of("no YAML", "{{{{", "compile"),
        Arguments.of("not UTF-8", "\u00ff\u0000", "compile"),
        Arguments.of("an unknown key", base.replace("  floor: internal", "  flor: internal"), "compile"),
        Arguments.of("a duplicate key", base.replace("  floor: internal\n", "  floor: internal\n  floor: public\n"), "compile"),
        Arguments.of("an alias bomb", "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n", "compile"),
        Arguments.of("a tag", base.replace("floor: internal", "floor: !!java.net.URL internal"), "compile"),
        Arguments.of("deep", "[".repeat(5_000), "compile"),
        Arguments.of("a wide egress", base.replace("    public: [public, internal]", "    public: [public, internal, restricted]"), "compile"),
        Arguments.of("a detector that is not there", base.replace("  # What a request is when", "  exclusions: [{id: x, detector: nowhere, equals: [a], owner: o, "
            + "expires: 2027-01-01}]\n  # What a request is when"), "compile"),
        Arguments.of("no new revision", LifeRig.base(1) + "# changed\n", "compile"),
        Arguments.of("a failing test", base.replace("expect: {sensitivity: restricted, rules: [bank-card]}", "expect: {sensitivity: internal}"), "checks"),
        Arguments.of("a canary to a public model", base.substring(0, base.indexOf("\ntests:")).replace("raiseTo: restricted\n      reason: Government", "raiseTo: internal\n      reason: Government") + "\n...\n",
            "checks"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  @DisplayName("G2 K3 a bundle that does not pass changes nothing, raises the alarm, and says all that is wrong")
  void refused(String name, String text, String stage) throws Exception {
    rig.start();
    Rules before = rig.life().rules();
    rig.write("base.yaml", text);
    ReloadOutcome outcome = rig.life().attempt();
    assertThat(outcome.kind()).isEqualTo(ReloadOutcome.Kind.REFUSED);
    assertThat(outcome.stage()).isEqualTo(stage);
    assertThat(outcome.problems()).isNotEmpty().allMatch(problem -> !problem.fix().isBlank());
    assertThat(rig.life().rules()).isSameAs(before);
    assertThat(rig.count("tidegate.policy.reload.failed")).isEqualTo(1);
    assertThat(rig.registry.get("tidegate.policy.last.attempt.failed").gauge().value()).isEqualTo(1);
    assertThat(rig.life().warnings()).singleElement().asString().contains("refused (" + stage);
    assertThat(status()).contains("\"outcome\":\"refused\"").contains(JsonWriter.quote(outcome.problems().get(0).toString()));
    rig.write("base.yaml", LifeRig.base(1));
    assertThat(rig.life().attempt().kind()).isEqualTo(ReloadOutcome.Kind.UNCHANGED);
    assertThat(rig.life().warnings()).as("mended").isEmpty();
    assertThat(rig.registry.get("tidegate.policy.last.attempt.failed").gauge().value()).isZero();
  }

  @Test
  @DisplayName("K3 a directory that is gone, empty, too large or open to all changes nothing")
  void unreadable() throws Exception {
    rig.start();
    Rules before = rig.life().rules();
    Path file = rig.directory.resolve("base.yaml");
    Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(rig.life().attempt().problems()).extracting(Problem::fix).singleElement().asString().contains("chmod o-w");
    Files.write(file, new byte[(4 << 20) + 1]);
    Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(rig.life().attempt().problems()).extracting(Problem::message).singleElement().asString().contains("larger than");
    Files.delete(file);
    assertThat(rig.life().attempt().problems()).extracting(Problem::message).singleElement().asString().contains("holds no");
    Files.createDirectory(file);
    assertThat(rig.life().attempt().problems()).extracting(Problem::message).singleElement().asString().contains("not a file");
    Files.delete(file);
    Files.delete(rig.directory);
    assertThat(rig.life().attempt().stage()).isEqualTo("read");
    assertThat(rig.life().rules()).isSameAs(before);
    assertThat(rig.count("tidegate.policy.reload.failed")).isEqualTo(5);
  }

  @Test
  @DisplayName("a change is tried once it stood still for a look; the same bad bundle is tried once")
  void looks() throws Exception {
    rig.start();
    rig.life().look();
    String digest = rig.life().digest();
    rig.write("projects.yaml", LifeRig.projects(1, RAISE));
    rig.life().look();
    assertThat(rig.life().digest()).as("just seen").isEqualTo(digest);
    rig.life().look();
    assertThat(rig.life().digest()).as("seen again").isNotEqualTo(digest);
    rig.write("projects.yaml", "nonsense");
    for (int i = 0; i < 5; i++) {
      rig.life().look();
    }
    assertThat(rig.count("tidegate.policy.reload.failed")).isEqualTo(1);
    Files.delete(rig.directory.resolve("projects.yaml"));
    Files.move(rig.directory, folder.resolve("away"));
    for (int i = 0; i < 3; i++) {
      rig.life().look();
    }
    assertThat(rig.count("tidegate.policy.reload.failed")).as("gone, said once").isEqualTo(2);
    assertThat(rig.judged(HELIOS)).isEqualTo(Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("K3 a swap by a symbolic link, as Kubernetes does it, is seen and taken whole")
  void links() throws Exception {
    Path one = Files.createDirectory(folder.resolve("..one"));
    Path two = Files.createDirectory(folder.resolve("..two"));
    Files.writeString(one.resolve("base.yaml"), LifeRig.base(1));
    Files.writeString(two.resolve("base.yaml"), LifeRig.base(2));
    Files.writeString(two.resolve("projects.yaml"), LifeRig.projects(1, RAISE));
    Files.delete(rig.directory.resolve("base.yaml"));
    Files.delete(rig.directory);
    Files.createSymbolicLink(rig.directory, one);
    rig.start();
    rig.life().look();
    Path fresh = Files.createSymbolicLink(folder.resolve("fresh"), two);
    Files.move(fresh, rig.directory, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    rig.life().look();
    rig.life().look();
    assertThat(rig.life().version()).isEqualTo("baseline@2, projects@1");
  }

  @Test
  @DisplayName("decisions 4 no usable bundle at first start is no start; later the last good one serves, with a warning")
  void lastGood() throws Exception {
    rig.write("base.yaml", "nonsense");
    assertThatThrownBy(rig::start).isInstanceOfSatisfying(StartFailure.class, failure -> assertThat(failure.problems()).isNotEmpty());
    rig.write("base.yaml", LifeRig.base(1));
    rig.start();
    String digest = rig.life().digest();
    rig.close();
    rig.write("base.yaml", "nonsense");
    rig.start();
    assertThat(rig.life().digest()).isEqualTo(digest);
    assertThat(rig.life().warnings()).isNotEmpty();
    rig.close();
    Path kept = rig.state.resolve("last-good");
    byte[] bytes = Files.readAllBytes(kept);
    for (int at = 0; at < bytes.length; at += 97) {
      byte[] garbled = bytes.clone();
      garbled[at] ^= 1;
      Files.write(kept, garbled);
      assertThat(new StateDirectory(rig.state).lastGood(rig.directory.toString())).as("a flipped bit at " + at).isEmpty();
    }
    assertThatThrownBy(rig::start).isInstanceOf(StartFailure.class);
    Files.write(kept, bytes);
    assertThat(new StateDirectory(rig.state).lastGood("/elsewhere")).as("of another directory").isEmpty();
    Files.setPosixFilePermissions(kept, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(rig::start).as("written by anybody").isInstanceOf(StartFailure.class);
  }

  @Test
  @DisplayName("a start looks at the last good bundle only where the carrier's does not pass: a restart takes no longer than a first start")
  void lastGoodOnlyWhereNeeded() throws Exception {
    AtomicInteger checked = new AtomicInteger();
    rig.checks.add((candidate, pace) -> {
      checked.incrementAndGet();
      return List.of();
    });
    rig.start();
    rig.close();
    assertThat(checked).hasValue(1);
    rig.start();
    rig.close();
    assertThat(checked).hasValue(2);
    rig.write("broken.yaml", "rulez: []\n");
    PolicyLife life = rig.start();
    assertThat(checked).as("the kept one is checked anew").hasValue(3);
    assertThat(life.rules()).isNotNull();
  }

  @Test
  @DisplayName("expiry while running: exclusions and grants fall away, then the policy itself, and everything is RESTRICTED")
  void expiry() throws Exception {
    rig.write("base.yaml", LifeRig.base(1).replace("  owner: security-team\n", "  owner: security-team\n  expires: 2026-12-10\n"));
    rig.write("projects.yaml", LifeRig.projects(1, RAISE + "\nexclusions: [{id: known, types: [PROJECT_NAME], tenants: [default], callers: [loopback], owner: o, expires: 2026-11-30}]"));
    rig.start();
    assertThat(rig.judged(HELIOS)).isEqualTo(Sensitivity.INTERNAL);
    rig.now = Instant.parse("2026-11-30T23:59:59Z");
    rig.life().turnTheDay();
    assertThat(rig.judged(HELIOS)).isEqualTo(Sensitivity.INTERNAL);
    rig.now = Instant.parse("2026-12-01T00:00:00Z");
    rig.write("base.yaml", "the directory is bad on that very day");
    rig.life().turnTheDay();
    assertThat(rig.judged(HELIOS)).isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(rig.count("tidegate.policy.reloads", "outcome", "expired")).isEqualTo(1);
    rig.now = Instant.parse("2026-12-11T00:00:00Z");
    rig.life().turnTheDay();
    assertThat(rig.judged("Sort a list.")).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(rig.life().rules().decider().bundle().nextExpiry()).isEmpty();
    rig.close();
    rig.start();
    assertThat(rig.judged("Sort a list.")).as("an expired policy still starts, its tests speak of it as it was written").isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("K6 where signatures are required: the first bundle and a loosening one need two, a tightening one needs one, revisions never go back")
  void signed() throws Exception {
    rig.require(Signed.ring());
    assertThatThrownBy(rig::start).isInstanceOf(StartFailure.class).hasMessageContaining("signature");
    rig.sign(1, Map.of("alice", Signed.ALICE));
    assertThatThrownBy(rig::start).as("nothing to compare with").isInstanceOf(StartFailure.class).hasMessageContaining("approval");
    rig.sign(1, Map.of("alice", Signed.ALICE, "bob", Signed.BOB));
    rig.start();
    assertThat(status()).contains("\"signed_by\":[\"alice\",\"bob\"]").contains("\"revision\":1");

    rig.write("projects.yaml", LifeRig.projects(1, RAISE));
    assertThat(rig.life().attempt().stage()).isEqualTo("signature");
    rig.sign(2, Map.of("alice", Signed.ALICE));
    assertThat(rig.life().attempt().kind()).as("one more rule tightens").isEqualTo(ReloadOutcome.Kind.ACCEPTED);

    rig.write("projects.yaml", LifeRig.projects(2, RAISE.replace("confidential", "internal")));
    rig.sign(3, Map.of("bob", Signed.BOB));
    Rules before = rig.life().rules();
    assertThat(rig.life().attempt().stage()).isEqualTo("approval");
    assertThat(rig.life().rules()).isSameAs(before);
    rig.sign(3, Map.of("bob", Signed.BOB, "alice", Signed.ALICE));
    assertThat(rig.life().attempt().kind()).isEqualTo(ReloadOutcome.Kind.ACCEPTED);

    rig.write("projects.yaml", LifeRig.projects(3, RAISE));
    rig.sign(2, Map.of("alice", Signed.ALICE, "bob", Signed.BOB));
    assertThat(rig.life().attempt().problems()).extracting(Problem::message).singleElement().asString().contains("not newer than 3");
    rig.close();
    rig.keyring = folder.resolve("ring.yaml");
    rig.start();
    assertThat(rig.life().version()).as("the last good one, after a start as well").isEqualTo("baseline@1, projects@2");
    rig.close();
    Files.writeString(rig.state.resolve("accepted"), "garbled");
    assertThatThrownBy(rig::start).isInstanceOf(StartFailure.class).hasMessageContaining("policy.state");
  }

  @Test
  @DisplayName("K6 a revision that cannot be remembered is not put in force")
  void noState() throws Exception {
    rig.require(Signed.ring());
    rig.sign(1, Map.of("alice", Signed.ALICE, "bob", Signed.BOB));
    rig.start();
    for (String name : List.of("accepted", "last-good")) {
      Files.delete(rig.state.resolve(name));
    }
    Files.delete(rig.state);
    Files.writeString(rig.state, "a file where the directory should be");
    rig.write("projects.yaml", LifeRig.projects(1, RAISE));
    rig.sign(2, Map.of("alice", Signed.ALICE));
    assertThat(rig.life().attempt().stage()).isEqualTo("state");
    assertThat(rig.life().version()).isEqualTo("baseline@1");
    Files.delete(rig.state);
    rig.now = rig.now.plusSeconds(31);
    rig.life().look();
    assertThat(rig.life().version()).as("tried again by itself").isEqualTo("baseline@1, projects@1");
  }

  @Test
  @DisplayName("a check that throws refuses the bundle")
  void defect() throws Exception {
    rig.start();
    rig.checks.clear();
    rig.close();
    rig.checks.add((candidate, pace) -> {
      if (candidate.files().size() > 1) {
        throw new StackOverflowError();
      }
      return List.of();
    });
    rig.start();
    rig.write("projects.yaml", LifeRig.projects(1, RAISE));
    assertThat(rig.life().attempt().stage()).isEqualTo("defect");
  }

  @Test
  @DisplayName("reload: asked while one waits, it is one; it ends with an outcome, on a thread of its own")
  void asked() throws Exception {
    rig.start();
    assertThat(rig.life().reload()).as("before it begins").isCompletedExceptionally();
    rig.life().begin();
    rig.write("projects.yaml", LifeRig.projects(1, RAISE));
    ReloadOutcome outcome = rig.life().reload().get(20, TimeUnit.SECONDS);
    assertThat(rig.life().version()).isEqualTo("baseline@1, projects@1");
    assertThat(outcome.json()).contains("\"digest\":\"" + rig.life().digest() + "\"");
    rig.close();
    assertThat(rig.life().reload()).isCompletedExceptionally();
  }
}
