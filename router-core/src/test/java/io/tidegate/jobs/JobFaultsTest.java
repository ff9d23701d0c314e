package io.tidegate.jobs;

import static io.tidegate.jobs.JobBench.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Refusals in a bunch. */
class JobFaultsTest {
  private static final int PARALLEL = JobLimits.DEFAULT.parallel();

  private final MemoryDisk disk = new MemoryDisk();

  private JobBench bench() throws IOException {
    return new JobBench(disk, JobLimits.DEFAULT, "i");
  }

  private static void refuse(JobBench bench, List<JobBench.Line> lines) {
    List.copyOf(lines).forEach(line -> line.done.refused("r", null, ErrorAnswer.of(Refusal.BUSY, "no")));
    bench.asked.clear();
    bench.run();
  }

  @Test
  @DisplayName("R2.7 eight lines refused at once are one refusal: a quarter of a second later one line is asked")
  void bunchOfRefusals() throws IOException {
    JobBench bench = bench();
    bench.submit(A, JobBench.linesOf(20));
    bench.advance(Duration.ofSeconds(1));
    assertThat(bench.asked).hasSize(PARALLEL);
    refuse(bench, bench.asked);
    bench.advance(Duration.ofMillis(240));
    assertThat(bench.asked).isEmpty();
    bench.advance(Duration.ofMillis(60));
    assertThat(bench.asked).as("one, to see").hasSize(1);
    bench.answerAll();
    assertThat(bench.asks).isEqualTo(20 + PARALLEL);
  }

  @Test
  @DisplayName("R2.7 eight lines refused one after the other are one refusal too; only one that was asked after a pause makes the next one longer")
  void refusalsInARow() throws IOException {
    JobBench bench = bench();
    bench.submit(A, JobBench.linesOf(20));
    for (JobBench.Line line : List.copyOf(bench.asked)) {
      bench.advance(Duration.ofMillis(100));
      refuse(bench, List.of(line));
    }
    bench.advance(Duration.ofMillis(510));
    assertThat(bench.asked).hasSize(1);
    refuse(bench, bench.asked);
    bench.advance(Duration.ofMillis(490));
    assertThat(bench.asked).as("half a second").isEmpty();
    bench.advance(Duration.ofMillis(270));
    assertThat(bench.asked).hasSize(1);
  }
}
