package io.tidegate.daemon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidegate.jobs.Asker;
import io.tidegate.jobs.JobDesk;
import io.tidegate.jobs.JobDesk.Question;
import io.tidegate.jobs.JobDesk.Verb;
import io.tidegate.jobs.JobFacts;
import io.tidegate.jobs.JobLimits;
import io.tidegate.jobstore.FileDisk;
import io.tidegate.jobstore.HeldElsewhere;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has the directory when one process of the router takes the jobs over from another. */
class JobsDirectoryTest {
  private static final Asker NOBODY = new Asker() {
    @Override
    public Object rules() {
      return this;
    }

    @Override
    public List<@Nullable Object> around(Object rules, List<byte[]> bodies) {
      throw new IllegalStateException("no line is asked here");
    }

    @Override
    public Asked ask(JobFacts job, String endpoint, byte[] body, Object rules, @Nullable Object around, Done done) {
      throw new IllegalStateException("no line is asked here");
    }
  };

  @TempDir
  private Path state;
  private Path directory = Path.of("");

  @BeforeEach
  void directory() {
    directory = state.resolve("jobs");
  }

  private Jobs open(Duration patience) throws IOException {
    Jobs jobs = Jobs.open(directory, JobLimits.DEFAULT, NOBODY, parallel -> parallel, () -> "id", new SimpleMeterRegistry(), patience);
    jobs.start();
    return jobs;
  }

  /** Does something on the jobs' thread. */
  private static void onTheThread(Jobs jobs, Runnable work) {
    Question question = new Question(Verb.GET, "/v1/batches", "", new Caller("ward", "alice"), Sensitivity.PUBLIC, new byte[0]);
    jobs.desk().ask(question, new JobDesk.Answering() {
      @Override
      public void json(byte[] json) {
        work.run();
      }

      @Override
      public void refused(ErrorAnswer error) {
        throw new IllegalStateException("refused: " + error.refusal());
      }

      @Override
      public void content(JobDesk.Content file) {
        throw new IllegalStateException("nobody asked for a file");
      }
    });
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not within 30 s");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether another process could have the directory now. */
  private boolean free() {
    try (FileDisk other = FileDisk.open(directory)) {
      return other != null;
    } catch (HeldElsewhere held) {
      return false;
    } catch (IOException unusable) {
      throw new IllegalStateException(unusable);
    }
  }

  @Test
  @DisplayName("R2.7 while the disk hangs the directory is held, also past the time a stop waits, until the jobs' thread has done its last")
  void hangingDisk() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch wellAgain = new CountDownLatch(1);
    CompletableFuture<Boolean> freeAtTheNextWrite = new CompletableFuture<>();
    Jobs jobs = open(Duration.ofMillis(20));
    onTheThread(jobs, () -> {
      hangs.countDown();
      await(wellAgain);
    });
    onTheThread(jobs, () -> freeAtTheNextWrite.complete(free()));
    await(hangs);
    jobs.close();
    assertThat(free()).as("the thread will go on to write").isFalse();
    wellAgain.countDown();
    assertThat(freeAtTheNextWrite.get(30, TimeUnit.SECONDS)).as("while it writes what stood behind").isFalse();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!free()) {
      assertThat(System.nanoTime() - end).as("let go at last").isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  @DisplayName("R2.7 a disk that is well: the directory is free as soon as jobs are closed, and closing again does nothing")
  void quietDisk() throws IOException {
    Jobs jobs = open(Duration.ofSeconds(30));
    assertThat(free()).isFalse();
    jobs.stop();
    assertThat(free()).as("questions are still answered").isFalse();
    jobs.close();
    assertThat(free()).isTrue();
    jobs.close();
    open(Duration.ofSeconds(30)).close();
    assertThat(free()).isTrue();
  }
}
