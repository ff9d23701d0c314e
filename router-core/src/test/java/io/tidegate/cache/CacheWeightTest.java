package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Weighs a full cache on the heap, in a virtual machine of its own: what entries are said to take is what they take. */
class CacheWeightTest {
  private static final int BODY = 2_048;

  @Test
  @DisplayName("C8 G8 50,000 entries of 2 KB: the heap holds what the cache says, within 5 percent")
  void some() throws IOException, InterruptedException {
    weighed(50_000, 256, 113L << 20, 0.99);
  }

  @Test
  @Tag("long")
  @DisplayName("C8 G8 a million entries of 2 KB stay inside the cap, and the heap holds what the cache says, within 5 percent")
  void million() throws IOException, InterruptedException {
    weighed(1_000_000, 4_096, 2_245L << 20, 0.99);
  }

  /** @param full how much of the entries must be there: the cap has room for them */
  private static void weighed(int entries, int heapMegabytes, long cap, double full) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC",
        "-cp", System.getProperty("java.class.path"), Scales.class.getName(), "" + entries, "" + cap).redirectErrorStream(true).start();
    List<String> said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).lines().toList();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String[] figures = said.get(said.size() - 1).split(" ");
    assertThat(figures).as(said.toString()).hasSize(3);
    long kept = Long.parseLong(figures[0]);
    long weight = Long.parseLong(figures[1]);
    long heap = Long.parseLong(figures[2]);
    System.out.printf("CacheWeightTest: %,d entries, said %,d bytes, on the heap %,d (%.3f), each %d beside its body%n", kept, weight, heap, (double) heap / weight,
        heap / kept - BODY);
    assertThat(kept).isGreaterThanOrEqualTo((long) (entries * full));
    assertThat(weight).isLessThanOrEqualTo(cap);
    assertThat((double) heap / weight).isBetween(0.95, 1.05);
    assertThat(heap).isLessThanOrEqualTo((long) (cap * 1.05));
  }

  /** Fills a cache and prints: entries, what they are said to weigh, what they take. */
  public static final class Scales {
    private Scales() {}

    public static void main(String[] arguments) {
      int entries = Integer.parseInt(arguments[0]);
      FakeLoop time = new FakeLoop();
      JsonText body = Answers.body("x");
      put(new ExactCache(1 << 20, time), time, body, 0);
      long before = used();
      ExactCache cache = new ExactCache(Long.parseLong(arguments[1]), time);
      for (int i = 0; i < entries; i++) {
        put(cache, time, body, i);
      }
      long after = used();
      System.out.println(cache.size() + " " + cache.weightBytes() + " " + (after - before));
    }

    private static void put(ExactCache cache, FakeLoop time, JsonText body, int number) {
      byte[] digest = ByteBuffer.allocate(32).putInt(number).putInt(number * 0x9E3779B9).array();
      // Names are the policy's and the configuration's own objects, as they are in the daemon.
      cache.put(new Key("tenant:a", Sensitivity.INTERNAL, "policy", Operation.CHAT, digest), body,
          new Stored(new byte[BODY], new Origin("up", Destination.PRIVATE, "a", "m", 0, 500, 1, Shape.NONE), new Life(time.nanos(), 300, 3_600, 0, true, false)));
    }

    private static long used() {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      Runtime runtime = Runtime.getRuntime();
      return runtime.totalMemory() - runtime.freeMemory();
    }
  }
}
