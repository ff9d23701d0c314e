package io.tidegate.lab.e2e;

import io.tidegate.model.LatencyClass;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers who come when they come: when each is due is drawn beforehand, whatever becomes of those before it, and its wait runs from then. Two of
 * ten wait at a screen; the others are batch. Each asks for a stream of seven tokens of RESTRICTED content, and leaves when its time is over.
 */
final class OpenLoad {
  static final Duration AT_A_SCREEN = Duration.ofSeconds(4);
  static final Duration BATCH = Duration.ofSeconds(8);
  private static final long LATE_NANOS = 100_000_000L;

  private final TestBed bed;
  private final HttpClient client;
  private final SplittableRandom random;
  private int sent;
  private int late;

  /** One caller's fate; status 0 if there was no whole answer. */
  static final class Came {
    final LatencyClass latencyClass;
    final long dueNanos;
    volatile long endNanos;
    volatile int status;

    private Came(LatencyClass latencyClass, long dueNanos) {
      this.latencyClass = latencyClass;
      this.dueNanos = dueNanos;
    }

    /** What it waited; one that was not answered well waited for all its time. */
    double seconds() {
      return status == 200 ? (endNanos - dueNanos) / 1e9 : AT_A_SCREEN.toNanos() / 1e9;
    }
  }

  /** @param callbacks where answers are taken note of */
  OpenLoad(TestBed bed, Executor callbacks, long seed) {
    this.bed = bed;
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(callbacks).build();
    this.random = new SplittableRandom(seed);
  }

  /** Those who come in {@code seconds}, begun; {@link #over} waits for them. */
  List<Came> offer(double perSecond, double seconds) {
    List<Came> all = new ArrayList<>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (long due = System.nanoTime() + gap(perSecond); due < end; due += gap(perSecond)) {
      Came came = new Came(random.nextInt(10) < 2 ? LatencyClass.INTERACTIVE : LatencyClass.BATCH, due);
      all.add(came);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      sent++;
      late += System.nanoTime() - due > LATE_NANOS ? 1 : 0;
      ask(came, all.size());
    }
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return all;
  }

  /** The share of callers that this machine was more than a tenth of a second late to begin: it had something else to do. */
  double late() {
    return sent == 0 ? 0 : (double) late / sent;
  }

  private long gap(double perSecond) {
    return (long) (-Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
  }

  private void ask(Came came, int number) {
    Duration patience = came.latencyClass == LatencyClass.INTERACTIVE ? AT_A_SCREEN : BATCH;
    HttpRequest request = HttpRequest.newBuilder(bed.uri("/v1/chat/completions")).timeout(patience).header("content-type", "application/json")
        .header("x-tidegate-sensitivity", "RESTRICTED").header("x-tidegate-latency-class", came.latencyClass.name())
        .header("x-stainless-timeout", Long.toString(patience.toSeconds()))
        .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"auto\",\"temperature\":1,\"stream\":true,\"max_tokens\":7,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Sort the list number " + number + "\"}]}")).build();
    client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((answer, failure) -> {
      came.status = failure != null || answer.statusCode() == 200 && !answer.body().contains("[DONE]") ? 0 : answer.statusCode();
      came.endNanos = System.nanoTime();
    });
  }

  /** Waits until everybody has been answered or has left. */
  static void over(List<Came> all) {
    GrpcClientIT.await(Duration.ofSeconds(30), "everybody was answered or has left", () -> all.stream().allMatch(came -> came.endNanos != 0));
  }
}
