package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.model.Sensitivity;
import io.tidegate.policy.signature.Accepted;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk on which the last good policy is kept hangs. */
@Timeout(60)
class HangingStateTest {
  @TempDir
  private Path folder;
  private LifeRig rig;
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch well = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean hanging;

  @BeforeEach
  void open() throws Exception {
    rig = new LifeRig(folder);
    rig.stateAt = path -> new StateDirectory(path) {
      @Override
      void keep(PolicyTexts texts, BooleanSupplier wanted) throws IOException {
        if (hanging) {
          hangs.countDown();
          try {
            well.await();
          } catch (InterruptedException closing) {
            throw new IOException(closing);
          }
        }
        super.keep(texts, wanted);
      }
    };
  }

  @AfterEach
  void close() {
    well.countDown();
    rig.close();
  }

  @Test
  @DisplayName("G1 G2 what has expired falls away, a tighter bundle comes into force and the daemon ends, although the state's disk hangs")
  void decidesAllTheSame() throws Exception {
    rig.write("projects.yaml", LifeRig.projects(1, PolicyLifeTest.RAISE + "\nexclusions: [{id: known, types: [PROJECT_NAME], tenants: [default], callers: [loopback], owner: o, expires: 2026-11-30}]"));
    rig.start();
    assertThat(rig.judged(PolicyLifeTest.HELIOS)).isEqualTo(Sensitivity.INTERNAL);
    hanging = true;
    rig.write("base.yaml", LifeRig.base(2));
    CompletableFuture<ReloadOutcome> reload = CompletableFuture.supplyAsync(rig.life()::attempt);
    assertThat(hangs.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(rig.life().version()).contains("@2");

    rig.now = Instant.parse("2026-12-01T00:00:00Z");
    CompletableFuture.runAsync(rig.life()::turnTheDay).get(30, TimeUnit.SECONDS);
    assertThat(rig.judged(PolicyLifeTest.HELIOS)).as("the exclusion has expired").isEqualTo(Sensitivity.CONFIDENTIAL);

    assertThat(reload.get(30, TimeUnit.SECONDS).kind()).isEqualTo(ReloadOutcome.Kind.ACCEPTED);
    assertThat(rig.life().warnings()).anyMatch(warning -> warning.contains("does not answer"));
    rig.write("base.yaml", LifeRig.base(3));
    assertThat(CompletableFuture.supplyAsync(rig.life()::attempt).get(30, TimeUnit.SECONDS).kind()).isEqualTo(ReloadOutcome.Kind.ACCEPTED);
    assertThat(rig.life().version()).contains("@3");
    CompletableFuture.runAsync(rig.life()::close).get(30, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("G2 a signed bundle that was refused because the disk hung does not count as accepted once the disk lets go: one may go back to what was in force")
  void refusedIsNotAccepted() throws Exception {
    StateDirectory state = new StateDirectory(folder.resolve("state"));
    Accepted five = new Accepted("corp", 5, "5".repeat(64));
    Accepted six = new Accepted("corp", 6, "6".repeat(64));
    state.accept(five, () -> true);
    assertThatThrownBy(() -> state.accept(six, () -> false)).isInstanceOf(IOException.class);
    assertThat(state.accepted()).isEqualTo(five);
    try (StateKeeper keeper = new StateKeeper(new StateDirectory(folder.resolve("state")) {
      @Override
      void accept(Accepted accepted, BooleanSupplier wanted) throws IOException {
        try {
          hangs.countDown();
          well.await();
        } catch (InterruptedException closing) {
          throw new IOException(closing);
        }
        try {
          super.accept(accepted, wanted);
        } finally {
          ended.countDown();
        }
      }
    })) {
      assertThatThrownBy(() -> keeper.accept(six)).isInstanceOf(StateKeeper.NoAnswer.class);
      well.countDown();
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(state.accepted()).isEqualTo(five);
  }

  @Test
  @DisplayName("what could not be kept is kept once the disk is well again")
  void keptLater() throws Exception {
    rig.start();
    hanging = true;
    rig.write("base.yaml", LifeRig.base(2));
    assertThat(rig.life().attempt().kind()).isEqualTo(ReloadOutcome.Kind.ACCEPTED);
    hanging = false;
    well.countDown();
    rig.now = rig.now.plus(PolicyLife.LOOK_CLOSELY);
    rig.life().look();
    assertThat(rig.life().warnings()).isEmpty();
    assertThat(new StateDirectory(rig.state).lastGood(rig.directory.toString()).orElseThrow().files().get("base.yaml"))
        .asString().contains("revision: 2");
  }
}
