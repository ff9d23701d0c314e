package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.BundleDiff;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.signature.Signed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk, a copy or a hand can do to the files on disk, under a life that goes on: never a laxer decision than before. */
@Tag("once")
class CutFilesTest {
  /** No divisor of a line or an indent. */
  private static final int SHORT_STEP = 7;

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

  private PolicyBundle bundle() {
    return rig.life().rules().decider().bundle();
  }

  @Test
  @DisplayName("K3 the file in force cut at every seventh byte changes nothing")
  void cut() throws Exception {
    cut(SHORT_STEP);
  }

  @Test
  @Tag("long")
  @DisplayName("K3 the file in force cut at every byte changes nothing")
  void cutEverywhere() throws Exception {
    cut(1);
  }

  private void cut(int step) throws Exception {
    rig.start();
    String digest = rig.life().digest();
    byte[] whole = LifeRig.base(1).getBytes(StandardCharsets.UTF_8);
    Path file = rig.directory.resolve("base.yaml");
    for (int cut = whole.length % step; cut < whole.length; cut += step) {
      Files.write(file, Arrays.copyOf(whole, cut));
      assertThat(rig.life().attempt().kind()).as("cut at %s", cut).isEqualTo(ReloadOutcome.Kind.REFUSED);
      assertThat(rig.life().digest()).isEqualTo(digest);
    }
    Files.write(file, whole);
    assertThat(rig.life().attempt().kind()).isEqualTo(ReloadOutcome.Kind.UNCHANGED);
  }

  @Test
  @DisplayName("K3 a new revision cut at every seventh byte is refused, or says all that it would have said")
  void newRevisionCut() throws Exception {
    newRevisionCut(SHORT_STEP);
  }

  @Test
  @Tag("long")
  @DisplayName("K3 a new revision cut at every byte is refused, or says all that it would have said")
  void newRevisionCutEverywhere() throws Exception {
    newRevisionCut(1);
  }

  private void newRevisionCut(int step) throws Exception {
    PolicyBundle before = rig.start().rules().decider().bundle();
    byte[] whole = LifeRig.base(2).getBytes(StandardCharsets.UTF_8);
    Path file = rig.directory.resolve("base.yaml");
    int taken = 0;
    for (int cut = whole.length % step; cut < whole.length; cut += step) {
      Files.write(file, Arrays.copyOf(whole, cut));
      if (rig.life().attempt().kind() == ReloadOutcome.Kind.ACCEPTED) {
        taken++;
        assertThat(BundleDiff.of(before, bundle()).loosens()).as("cut at %s", cut).isFalse();
      }
    }
    // Only the first cut behind the rules that still ends as a policy may be taken: after it, the revision is used up.
    assertThat(taken).isLessThanOrEqualTo(1);
  }

  @Test
  @DisplayName("K3 400 random garblings of the file in force change nothing; of signed files neither")
  void garbled() throws Exception {
    garbled(200);
  }

  @Test
  @Tag("long")
  @DisplayName("K3 2,000 random garblings of the file in force change nothing; of signed files neither")
  void garbledForLong() throws Exception {
    garbled(1_000);
  }

  private void garbled(int seeds) throws Exception {
    rig.start();
    garble(LifeRig.base(1), seeds);
    rig.close();
    rig.write("base.yaml", LifeRig.base(1));
    rig.require(Signed.ring());
    rig.sign(1, Map.of("alice", Signed.ALICE, "bob", Signed.BOB));
    rig.start();
    garble(LifeRig.base(2), seeds);
  }

  private void garble(String text, int seeds) throws IOException {
    String digest = rig.life().digest();
    byte[] whole = text.getBytes(StandardCharsets.UTF_8);
    for (int seed = 0; seed < seeds; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] garbled = random.nextInt(4) == 0 ? Arrays.copyOf(whole, whole.length + random.nextInt(64)) : whole.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        int at = random.nextInt(whole.length);
        switch (random.nextInt(3)) {
          case 0 -> garbled[at] = (byte) random.nextInt(256);
          case 1 -> Arrays.fill(garbled, at, Math.min(garbled.length, at + random.nextInt(512)), (byte) 0);
          default -> System.arraycopy(whole, at, garbled, random.nextInt(whole.length - 64), Math.min(64, whole.length - at));
        }
      }
      if (Arrays.equals(garbled, whole)) {
        continue;
      }
      Files.write(rig.directory.resolve("base.yaml"), garbled);
      assertThat(rig.life().attempt().kind()).as("seed %s", seed).isEqualTo(ReloadOutcome.Kind.REFUSED);
      assertThat(rig.life().digest()).isEqualTo(digest);
    }
  }
}
