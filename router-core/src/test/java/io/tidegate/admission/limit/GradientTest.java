package io.tidegate.admission.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit against a model server with slots, in virtual time: whoever gets a permit goes in, and there is always one more who wants in. */
class GradientTest {
  private static final long SECOND = 1_000_000_000L;

  /** A server with slots and a queue of its own, fed as fast as the limiter lets. */
  private static final class Server {
    final FakeLoop loop = new FakeLoop();
    final Limiter limiter;
    final SplittableRandom random;
    final Deque<Permit> queue = new ArrayDeque<>();
    int slots;
    int busy;
    double answerSeconds;
    double firstSeconds = 0.3;
    int demand = Integer.MAX_VALUE;
    int inside;
    double streamed = 1;
    int promptBytes = 100;
    /** How far times are from their mean: 0 for all alike, which leaves the slots in step. */
    double spread = 0.5;

    Server(Algorithm algorithm, int slots, double answerSeconds, long seed) {
      this.limiter = new Limiter(algorithm);
      this.slots = slots;
      this.answerSeconds = answerSeconds;
      this.random = new SplittableRandom(seed);
    }

    void fill() {
      while (inside < demand) {
        Permit permit = Permit.take(limiter, null, () -> { }, loop.nanos());
        if (permit == null) {
          return;
        }
        inside++;
        queue.addLast(permit);
        give();
      }
    }

    private void give() {
      while (busy < slots && !queue.isEmpty()) {
        Permit permit = queue.removeFirst();
        busy++;
        // Prompts differ: some are a tenth, some twice as long.
        long first = (long) (firstSeconds * around() * SECOND);
        if (streamed == 1 || random.nextDouble() < streamed) {
          int size = promptBytes;
          loop.schedule(() -> permit.firstToken(size, loop.nanos()), first);
        }
        loop.schedule(() -> {
          busy--;
          inside--;
          permit.close(Ending.ANSWERED, loop.nanos());
          give();
          fill();
        }, first + (long) (answerSeconds * around() * SECOND));
      }
    }

    private double around() {
      return 1 - spread + 2 * spread * random.nextDouble();
    }

    void run(double seconds) {
      for (double at = 0; at < seconds; at += 0.25) {
        fill();
        loop.advance(SECOND / 4);
      }
    }

    /** Least and greatest limit over some time. */
    int[] range(double seconds) {
      int least = Integer.MAX_VALUE;
      int most = 0;
      for (double at = 0; at < seconds; at += 0.25) {
        run(0.25);
        least = Math.min(least, limiter.limit());
        most = Math.max(most, limiter.limit());
      }
      return new int[] {least, most};
    }
  }

  private static Server server(double answerSeconds, long seed) {
    return new Server(new Gradient(32, 4, 1_024), 20, answerSeconds, seed);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "1, 3", "2, 4", "2, 5", "2, 6", "3, 7"})
  @DisplayName("R7.6 for a target with 20 slots the limit settles in 16 to 26 within 30 s, follows to 10 within 20 s, and longer answers do not lower it")
  void followsTheSlots(double answerSeconds, long seed) {
    Server server = server(answerSeconds, seed);
    server.run(30);
    int[] settled = server.range(30);
    server.answerSeconds *= 4;
    server.run(30);
    int[] longer = server.range(60);
    server.answerSeconds /= 4;
    server.run(30);
    server.slots = 10;
    server.run(20);
    int[] fewer = server.range(30);
    System.out.printf("R7.6 answers of %.0f s, seed %d: %d to %d; four times as long %d to %d; 10 slots %d to %d%n", answerSeconds, seed, settled[0],
        settled[1], longer[0], longer[1], fewer[0], fewer[1]);
    assertThat(settled[0]).isGreaterThanOrEqualTo(16);
    assertThat(settled[1]).isLessThanOrEqualTo(26);
    assertThat(longer[0]).as("longer answers").isGreaterThanOrEqualTo(16);
    assertThat(fewer[0]).as("10 slots").isGreaterThanOrEqualTo(8);
    assertThat(fewer[1]).as("10 slots").isLessThanOrEqualTo(14);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0.3, 0.7", "10, 0, 0.3, 0.7", "10, 0.05, 0.3, 0.7", "0, 0.05, 0.3, 0.7", "0, 0.2, 0.3, 0.7", "10, 0, 0.1, 4", "0, 0, 0.1, 4",
      "10, 0.5, 0.3, 0.7", "0, 0, 1, 2", "10, 0, 1, 2"})
  @DisplayName("R7.6 where answers are alike and slots come free in step, most meet a free one and the others wait for a whole answer: seen all the same")
  void inStep(int before, double spread, double firstSeconds, double answerSeconds) {
    Server server = server(answerSeconds, 21);
    server.firstSeconds = firstSeconds;
    server.spread = spread;
    server.demand = before;
    server.run(10);
    server.demand = Integer.MAX_VALUE;
    int[] first = server.range(30);
    int[] settled = server.range(60);
    System.out.printf("R7.6 in step, %d before, spread %.2f, %.1f + %.1f s: %d to %d, then %d to %d%n", before, spread, firstSeconds, answerSeconds, first[0],
        first[1], settled[0], settled[1]);
    assertThat(first[1]).as("while it finds it").isLessThanOrEqualTo(32);
    assertThat(settled[0]).isGreaterThanOrEqualTo(16);
    assertThat(settled[1]).isLessThanOrEqualTo(26);
  }

  @Test
  @DisplayName("R7.6 longer prompts, which take longer to begin, do not pass for a queue where the target is full all day")
  void longerPrompts() {
    Server server = server(2, 31);
    server.demand = 10;
    server.promptBytes = 20_000;
    server.firstSeconds = 0.9;
    server.run(20);
    server.promptBytes = 4_000;
    server.firstSeconds = 0.7;
    server.run(20);
    server.demand = Integer.MAX_VALUE;
    server.run(60);
    server.promptBytes = 20_000;
    server.firstSeconds = 0.9;
    int[] settled = server.range(600);
    System.out.printf("R7.6 longer prompts: %d to %d%n", settled[0], settled[1]);
    assertThat(settled[0]).isGreaterThanOrEqualTo(16);
    assertThat(settled[1]).isLessThanOrEqualTo(26);
  }

  @Test
  @DisplayName("R7.6 a large target that takes a second to begin is filled within half a minute: those who are silent because it is slow hold nothing up")
  void slowToBegin() {
    Server server = new Server(new Gradient(32, 4, 1_024), 1_000, 5, 17);
    server.firstSeconds = 1;
    server.demand = 400;
    server.run(30);
    assertThat(server.inside).isEqualTo(400);
  }

  @Test
  @DisplayName("R7.6 a burst of long streams at a target with room is in within seconds, not one doubling for each answer's length")
  void burst() {
    Server server = new Server(new Gradient(32, 4, 1_024), 1_000, 60, 12);
    server.demand = 200;
    server.run(3);
    assertThat(server.inside).isEqualTo(200);
  }

  @Test
  @DisplayName("R7.6 where nothing is streamed the limit rises as long as it is what holds requests up, and stays when it no longer is")
  void withoutStreams() {
    Server server = new Server(new Gradient(32, 4, 1_024), 1_000, 5, 14);
    server.streamed = 0;
    server.demand = 150;
    server.run(60);
    assertThat(server.inside).isEqualTo(150);
    int settled = server.limiter.limit();
    assertThat(server.range(600)).containsExactly(settled, settled);
    assertThat(settled).isLessThanOrEqualTo(150 * 10 / 9 + 5);
  }

  @Test
  @DisplayName("R7.6 where nothing is streamed the limit ends at 256, and answers ten times as long do not lower it")
  void withoutStreamsBounded() {
    Server server = new Server(new Gradient(32, 4, 1_024), 64, 2, 15);
    server.streamed = 0;
    server.run(120);
    server.answerSeconds *= 10;
    assertThat(server.range(600)).containsExactly(256, 256);
  }

  @Test
  @DisplayName("R7.6 a few streams among other answers are enough to see the queue")
  void mixed() {
    Server server = server(2, 16);
    server.streamed = 0.2;
    server.run(120);
    int[] settled = server.range(120);
    System.out.printf("R7.6 a fifth streamed: %d to %d%n", settled[0], settled[1]);
    assertThat(settled[0]).isGreaterThanOrEqualTo(16);
    assertThat(settled[1]).isLessThanOrEqualTo(30);
  }

  @Test
  @DisplayName("R7.6 busy answers without streams lower the limit by a tenth a second down to its floor, and it comes back")
  void comesBack() {
    Server server = new Server(new Gradient(32, 4, 1_024), 1_000, 2, 13);
    server.streamed = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 2; i++) {
        Permit permit = Permit.take(server.limiter, null, () -> { }, server.loop.nanos());
        assertThat(permit).isNotNull();
        permit.close(Ending.BUSY, server.loop.nanos());
      }
      assertThat(server.limiter.limit()).isEqualTo((int) Math.max(4, 32 * Math.pow(0.9, second + 1)));
      server.loop.advance(SECOND);
    }
    server.demand = 30;
    server.run(60);
    assertThat(server.inside).isEqualTo(30);
  }

  @Test
  @DisplayName("R7.6 the limit does not drift while a target is full for an hour")
  void doesNotDrift() {
    Server server = server(2, 11);
    server.run(3_600);
    assertThat(server.range(60)[1]).isLessThanOrEqualTo(26);
  }

  @Test
  @DisplayName("R5.1 a capacity that is known is the limit at once: less, more again, and never past what was told or the highest there may be")
  void knownCapacity() {
    Gradient gradient = new Gradient(32, 4, 1024);
    gradient.cap(2);
    assertThat(gradient.limit()).isEqualTo(2);
    for (int i = 0; i < 100; i++) {
      gradient.firstToken(1_000_000, 1, 100, 2, 0, i * 200_000_000L);
    }
    assertThat(gradient.limit()).isEqualTo(2);
    gradient.cap(8);
    assertThat(gradient.limit()).isEqualTo(8);
    gradient.busy(60_000_000_000L);
    assertThat(gradient.limit()).isEqualTo(7);
    gradient.cap(8);
    assertThat(gradient.limit()).as("the same again is no news").isEqualTo(7);
    gradient.cap(5000);
    assertThat(gradient.limit()).isEqualTo(1024);
    Gradient wide = new Gradient(32, 4, 1024);
    wide.cap(64);
    assertThat(wide.limit()).isEqualTo(64);
  }
}
