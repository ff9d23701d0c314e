package io.tidegate.session;

import static io.tidegate.model.Sensitivity.CONFIDENTIAL;
import static io.tidegate.model.Sensitivity.INTERNAL;
import static io.tidegate.model.Sensitivity.PUBLIC;
import static io.tidegate.model.Sensitivity.RESTRICTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyedLabelsTest {
  private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int BYTES = 16 * LabelBits.PAGE;

  @TempDir Path folder;

  private KeyedLabels open() throws IOException {
    return KeyedLabels.open(folder.resolve("labels"), BYTES, KEY, task -> { });
  }

  private static void noted(KeyedLabels labels, String tenant, String session, Sensitivity to) {
    labels.of(tenant, session).raise(to);
  }

  @Test
  @DisplayName("decisions 11 a new conversation has no label; a label rises, never falls, and survives a restart")
  void labelsRise() throws IOException {
    try (KeyedLabels labels = open()) {
      assertThat(labels.of("a", "s1").label()).isEqualTo(PUBLIC);
      noted(labels, "a", "s1", PUBLIC);
      noted(labels, "a", "s1", INTERNAL);
      assertThat(labels.of("a", "s1").label()).isEqualTo(PUBLIC);
      noted(labels, "a", "s1", CONFIDENTIAL);
      assertThat(labels.of("a", "s1").label()).isEqualTo(CONFIDENTIAL);
      noted(labels, "a", "s1", RESTRICTED);
      noted(labels, "a", "s1", INTERNAL);
      noted(labels, "a", "s1", CONFIDENTIAL);
      assertThat(labels.of("a", "s1").label()).isEqualTo(RESTRICTED);
    }
    try (KeyedLabels again = open()) {
      assertThat(again.of("a", "s1").label()).isEqualTo(RESTRICTED);
      assertThat(again.of("a", "s2").label()).isEqualTo(PUBLIC);
      assertThat(again.alarm()).isEmpty();
    }
  }

  @Test
  @DisplayName("G4 another tenant's conversation of the same name is another one, and no two names together read alike")
  void tenantsAreApart() throws IOException {
    try (KeyedLabels labels = open()) {
      noted(labels, "ab", "c", RESTRICTED);
      assertThat(labels.of("ab", "c").label()).isEqualTo(RESTRICTED);
      assertThat(labels.of("xy", "c").label()).isEqualTo(PUBLIC);
      assertThat(labels.of("a", "bc").label()).isEqualTo(PUBLIC);
      assertThat(labels.of("b", "c").label()).isEqualTo(PUBLIC);
      assertThat(labels.of("", "abc").label()).isEqualTo(PUBLIC);
    }
  }

  @Test
  @DisplayName("decisions 11 10,000 random turns: no label is ever below the highest that was noted")
  void neverBelow() throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    Map<String, Sensitivity> highest = new HashMap<>();
    KeyedLabels labels = open();
    for (int turn = 0; turn < 10_000; turn++) {
      String tenant = "t" + random.nextInt(7);
      String session = "s" + random.nextInt(300);
      Sensitivity to = Sensitivity.values()[random.nextInt(4)];
      Sensitivity known = highest.getOrDefault(tenant + session, PUBLIC);
      Sensitivity label = labels.of(tenant, session).label();
      assertThat(label).isGreaterThanOrEqualTo(known.compareTo(INTERNAL) <= 0 ? PUBLIC : known);
      noted(labels, tenant, session, to);
      highest.merge(tenant + session, to, Sensitivity::join);
      if (turn % 1_000 == 999) {
        labels.close();
        labels = open();
      }
    }
    labels.close();
  }

  @Test
  @DisplayName("decisions 11 a filter that is half full takes every conversation for RESTRICTED, raises the alarm, and stays so after a restart")
  void saturated() throws IOException {
    try (KeyedLabels labels = open()) {
      int noted = 0;
      while (labels.alarm().isEmpty()) {
        noted(labels, "t", "s" + noted++, CONFIDENTIAL);
      }
      assertThat(noted).as("conversations that fit").isGreaterThan(20_000);
      assertThat(labels.of("t", "never seen").label()).isEqualTo(RESTRICTED);
      assertThat(labels.fill()).isGreaterThan(0.5);
    }
    try (KeyedLabels again = open()) {
      assertThat(again.alarm()).isPresent();
      assertThat(again.of("t", "never seen").label()).isEqualTo(RESTRICTED);
    }
  }

  @Test
  @DisplayName("G2 a file that was cut, garbled or written with another key: every conversation RESTRICTED, and an alarm that says why")
  void damaged() throws IOException {
    Path file = folder.resolve("labels");
    try (KeyedLabels labels = open()) {
      for (int i = 0; i < 2_000; i++) {
        noted(labels, "t", "s" + i, RESTRICTED);
      }
    }
    byte[] good = Files.readAllBytes(file);
    List<byte[]> bad = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 40; i++) {
      bad.add(java.util.Arrays.copyOf(good, 1 + random.nextInt(good.length - 1)));
      byte[] page = good.clone();
      java.util.Arrays.fill(page, 2 * LabelBits.PAGE + random.nextInt(16) * LabelBits.PAGE, page.length, (byte) 0);
      bad.add(page);
    }
    bad.add(new byte[] {1});
    bad.add("not a file of labels".repeat(5_000).getBytes(StandardCharsets.US_ASCII));
    byte[] head = good.clone();
    head[8] ^= 1;
    bad.add(head);
    for (byte[] bytes : bad) {
      Files.write(file, bytes);
      try (KeyedLabels labels = open()) {
        assertThat(labels.alarm()).as("%d bytes", bytes.length).isPresent();
        assertThat(labels.of("t", "new").label()).isEqualTo(RESTRICTED);
        noted(labels, "t", "new", RESTRICTED);
        assertThat(labels.fill()).isEqualTo(1);
      }
      assertThat(Files.readAllBytes(file)).as("what is left of it stays").isEqualTo(bytes);
    }
    Files.write(file, good);
    try (KeyedLabels other = KeyedLabels.open(file, BYTES, new byte[32], task -> { })) {
      assertThat(other.alarm().orElseThrow()).contains("another root key");
      assertThat(other.of("t", "new").label()).isEqualTo(RESTRICTED);
    }
  }

  @Test
  @DisplayName("a file of another size, or one that two daemons have, is a failure to start and changes nothing")
  void refusesToOpen() throws IOException {
    try (KeyedLabels labels = open(); KeyedLabels successor = open()) {
      noted(labels, "t", "s", RESTRICTED);
      assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("two other daemons");
    }
    assertThatThrownBy(() -> KeyedLabels.open(folder.resolve("labels"), 2 * BYTES, KEY, task -> { })).isInstanceOf(IOException.class)
        .hasMessageContaining("made for " + BYTES);
    try (KeyedLabels again = open()) {
      assertThat(again.of("t", "s").label()).isEqualTo(RESTRICTED);
    }
  }

  @Test
  @DisplayName("H1 G2 during a hand-over both processes know each other's labels at once, both at work; after it the file is whole")
  void handOver() throws IOException, InterruptedException {
    Path file = folder.resolve("labels");
    List<Runnable> tasks = new ArrayList<>();
    int each = 2_000;
    try (KeyedLabels old = open()) {
      noted(old, "t", "before", RESTRICTED);
      KeyedLabels successor = KeyedLabels.open(file, BYTES, KEY, tasks::add);
      assertThat(successor.of("t", "before").label()).isEqualTo(RESTRICTED);
      noted(old, "t", "late", CONFIDENTIAL);
      assertThat(successor.of("t", "late").label()).as("noted by the other one after ours was opened").isEqualTo(CONFIDENTIAL);
      noted(successor, "t", "new", RESTRICTED);
      assertThat(old.of("t", "new").label()).isEqualTo(RESTRICTED);
      Thread other = new Thread(() -> {
        for (int i = 0; i < each; i++) {
          noted(old, "t", "old" + i, RESTRICTED);
        }
      });
      other.start();
      for (int i = 0; i < each; i++) {
        noted(successor, "t", "new" + i, CONFIDENTIAL);
      }
      other.join();
      for (int i = 0; i < each; i++) {
        assertThat(successor.of("t", "old" + i).label()).isEqualTo(RESTRICTED);
        assertThat(old.of("t", "new" + i).label()).isGreaterThanOrEqualTo(CONFIDENTIAL);
      }
      assertThat(tasks).as("the other's labels are brought to the heap").isNotEmpty();
      tasks.forEach(Runnable::run);
      double fill = successor.fill();
      successor.close();
      try (KeyedLabels third = KeyedLabels.open(file, BYTES, KEY, task -> { })) {
        assertThat(third.alarm()).as("every sum fits").isEmpty();
        assertThat(third.fill()).isEqualTo(fill);
      }
    }
  }

  @Test
  @DisplayName("G3 only the owner may read the file, and no name is in it")
  void theFileTellsNothing() throws IOException {
    try (KeyedLabels labels = open()) {
      noted(labels, "CANARYTENANT", "CANARYSESSION", RESTRICTED);
    }
    Path file = folder.resolve("labels");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("CANARY");
  }

  @Test
  @DisplayName("H2 a making that was interrupted is begun again")
  void interruptedMaking() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("labels").toFile(), "rw")) {
      file.setLength(5_000);
    }
    try (KeyedLabels labels = open()) {
      assertThat(labels.alarm()).isEmpty();
      assertThat(labels.of("t", "s").label()).isEqualTo(PUBLIC);
    }
  }

  @Test
  @DisplayName("the disk is asked once for all that was noted meanwhile, and again for what comes after")
  void syncsInTheBackground() throws IOException {
    List<Runnable> asked = new ArrayList<>();
    try (KeyedLabels labels = KeyedLabels.open(folder.resolve("labels"), BYTES, KEY, asked::add)) {
      noted(labels, "t", "s", CONFIDENTIAL);
      noted(labels, "t", "s2", RESTRICTED);
      assertThat(asked).hasSize(1);
      asked.get(0).run();
      noted(labels, "t", "s2", RESTRICTED);
      assertThat(asked).as("nothing new").hasSize(1);
      noted(labels, "t", "s3", RESTRICTED);
      assertThat(asked).hasSize(2);
      asked.get(1).run();
      assertThat(labels.alarm()).isEmpty();
    }
  }

  @Test
  @DisplayName("a pool without room for the disk does not stop a label from being noted")
  void noRoomToSync() throws IOException {
    Executor full = task -> {
      throw new RejectedExecutionException();
    };
    try (KeyedLabels labels = KeyedLabels.open(folder.resolve("labels"), BYTES, KEY, full)) {
      noted(labels, "t", "s", CONFIDENTIAL);
      noted(labels, "t", "s2", CONFIDENTIAL);
      assertThat(labels.of("t", "s2").label()).isEqualTo(CONFIDENTIAL);
      assertThat(labels.alarm()).isEmpty();
    }
  }
}
