package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.model.AuditReceipt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process, really killed: what had a receipt is in the files. */
class G7KillTest {
  @TempDir
  private Path directory;

  /** Writes records as fast as it can and prints the id of each receipt, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      ExecutorService background = Executors.newSingleThreadExecutor();
      FileAuditLog log = new FileAuditLog(new AuditConfig(Path.of(args[0]), 64 << 10, 1L << 30, Duration.ofDays(30)), "child", 1, Instant::now, background);
      FakeLoop loop = new FakeLoop();
      for (int i = 0;; i++) {
        String id = "r" + i;
        Optional<AuditReceipt> receipt = log.decided(Samples.decision(id), Samples.findings(), List.of(), new byte[32], loop);
        loop.advance(Duration.ofMillis(1).toNanos());
        if (receipt.isPresent()) {
          byte[] line = (receipt.get().requestId() + '\n').getBytes(StandardCharsets.US_ASCII);
          // One write of a few bytes is whole or not there: what is printed has a receipt.
          System.out.write(line, 0, line.length);
          System.out.flush();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  @Timeout(60)
  @DisplayName("G7 B5 after SIGKILL at a random moment every record that had a receipt is in the files, and the files are sound")
  void everyReceiptIsInTheFiles(long seed) throws Exception {
    Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), Writer.class.getName(), directory.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Set<String> printed = new HashSet<>();
    try (BufferedReader out = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      int enough = 500 + new Random(seed).nextInt(3_000);
      boolean killed = false;
      for (String id = out.readLine(); id != null; id = out.readLine()) {
        printed.add(id);
        if (!killed && printed.size() >= enough) {
          killed = true;
          // SIGKILL on Linux; by its handle, so that its output stays readable.
          child.toHandle().destroyForcibly();
        }
      }
      assertThat(killed).as("the child lived long enough").isTrue();
    } finally {
      child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    assertThat(child.exitValue()).isEqualTo(128 + 9);
    List<AuditRecord> records = AuditReader.all(directory);
    Set<String> written = new HashSet<>();
    records.forEach(record -> written.add(record.requestId()));
    assertThat(written).as("seed %d", seed).containsAll(printed);
    for (int i = 0; i < records.size(); i++) {
      assertThat(records.get(i).sequence()).isEqualTo(i);
    }
  }
}
