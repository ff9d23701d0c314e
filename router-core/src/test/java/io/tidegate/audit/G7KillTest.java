package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.RouteInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process, really killed, again and again on the same directories: what had a receipt is in the files, and they are sound. One process
 * writes ten logs at once, each in a directory and a phase of its own, so that one kill is ten points.
 */
class G7KillTest {
  private static final int LOGS = 10;
  /** Kills of one process are ten points. */
  private static final int SHORT = 5;
  private static final int LONG = 20;

  @TempDir
  private Path directory;

  /** Writes records as fast as its share allows and prints {@code log id} for each receipt, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < LOGS; i++) {
        ExecutorService background = Executors.newSingleThreadExecutor();
        FileAuditLog log = new FileAuditLog(Rig.config(Path.of(args[0], "log" + i)), Rig.KEY, args[1], 1, World.NONE, Instant::now, System::nanoTime,
            background);
        log.start();
        int number = i;
        writers.add(new Thread(() -> write(log, number, args[1])));
      }
      writers.forEach(Thread::start);
    }

    private static void write(FileAuditLog log, int number, String boot) {
      // Its clock stands still: what the log does by the clock, it does by the syncing thread's.
      FakeLoop loop = new FakeLoop();
      for (int i = 0;; i++) {
        String id = boot + "r" + i;
        Optional<AuditReceipt> receipt = log.decided(Samples.decision(id), Samples.findings(), List.of(), new byte[32], Notes.NONE, loop);
        loop.advance(1_000_000);
        if (receipt.isPresent()) {
          byte[] line = (number + " " + id + '\n').getBytes(StandardCharsets.US_ASCII);
          // One write of a few bytes is whole or not there: what is printed has a receipt.
          System.out.write(line, 0, line.length);
          System.out.flush();
          log.ended(Samples.decision(id), new RouteInfo(id, io.tidegate.model.Sensitivity.RESTRICTED, io.tidegate.model.LatencyClass.STANDARD, null, null, "",
              "00", RouteInfo.CacheOutcome.MISS, 1), null, 1, io.tidegate.line.Upstreams.Usage.UNKNOWN, loop);
        }
      }
    }
  }

  @Test
  @Timeout(300)
  @DisplayName("G7 B5 H2 after SIGKILL at 50 random points every record that had a receipt is in the files, and verify finds nothing")
  void everyReceiptIsInTheFiles() throws Exception {
    everyReceiptIsInTheFiles(SHORT);
  }

  @Test
  @Tag("long")
  @Timeout(900)
  @DisplayName("G7 B5 H2 the same at 200 random points")
  void everyReceiptIsInTheFilesForLong() throws Exception {
    everyReceiptIsInTheFiles(LONG);
  }

  private void everyReceiptIsInTheFiles(int kills) throws Exception {
    long seed = Long.getLong("tidegate.seed", 20261125);
    Random chance = new Random(seed);
    List<Set<String>> printed = new ArrayList<>();
    for (int i = 0; i < LOGS; i++) {
      printed.add(new HashSet<>());
    }
    for (int kill = 0; kill < kills; kill++) {
      run("boot" + kill, LOGS * (20 + chance.nextInt(1_500)), printed);
      for (int i = 0; i < LOGS; i++) {
        Path log = directory.resolve("log" + i);
        VerifyReport report = Rig.verify(log);
        assertThat(report.problems()).as("seed %d, kill %d, log %d", seed, kill, i).isEmpty();
        if (kill % 5 == 4) {
          Set<String> written = new HashSet<>();
          AuditReader.read(log, record -> written.add(record.requestId()));
          Set<String> missing = new HashSet<>(printed.get(i));
          missing.removeAll(written);
          assertThat(missing).as("seed %d, kill %d, log %d", seed, kill, i).isEmpty();
        }
      }
    }
    assertThat(printed).allSatisfy(ids -> assertThat(ids).hasSizeGreaterThan(kills));
    System.out.println("G7: " + kills * LOGS + " points of kill -9, " + printed.stream().mapToInt(Set::size).sum() + " receipts, 0 gaps, seed " + seed);
  }

  private void run(String boot, int enough, List<Set<String>> printed) throws Exception {
    Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx96m", "-Xshare:auto", "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Writer.class.getName(), directory.toString(), boot)
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    boolean killed = false;
    try (BufferedReader out = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      int seen = 0;
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        int space = line.indexOf(' ');
        printed.get(Integer.parseInt(line.substring(0, space))).add(line.substring(space + 1));
        if (!killed && ++seen >= enough) {
          killed = true;
          // SIGKILL on Linux; by its handle, so that its output stays readable.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    assertThat(killed).as("the child lived long enough").isTrue();
    assertThat(child.exitValue()).isEqualTo(128 + 9);
  }
}
