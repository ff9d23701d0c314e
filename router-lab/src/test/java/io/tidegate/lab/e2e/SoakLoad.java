package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers that come at a steady rate whatever becomes of those before them, by HTTP/1.1, HTTP/2 and gRPC in turn, half of them for a stream. Three of five ask
 * about what must stay home. Each request's end is counted; what is none is kept.
 */
final class SoakLoad implements AutoCloseable {
  /** Stands in what must stay home, and in nothing else. */
  static final String HOME = "ward7home";
  private static final int WORKERS = 48;
  /** As many of the first door's connections as steady load needs; a fault's more are closed again, or memory would keep them. */
  private static final int KEPT = 12;
  private static final int WAITING = 2_000;
  private static final int LOOKS = 1_600;

  private final TestBed bed;
  private final Heart heart;
  private final long gapNanos;
  private final SplittableRandom random;
  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Asker> shared;
  private final Queue<H1Asker> own = new ConcurrentLinkedQueue<>();
  private final ThreadPoolExecutor workers = new ThreadPoolExecutor(WORKERS, WORKERS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING));
  private final AtomicInteger underWay = new AtomicInteger();
  private final Map<Asker.Kind, Long> ends = new EnumMap<>(Asker.Kind.class);
  private final Map<String, Long> refusals = new TreeMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Thread pacer = new Thread(this::pace, "soak-pacer");
  private volatile boolean offering = true;
  private volatile boolean open = true;
  private volatile boolean leaving;

  SoakLoad(TestBed bed, double perSecond, long seed, Heart heart) {
    this.bed = bed;
    this.heart = heart;
    this.gapNanos = (long) (1e9 / perSecond);
    this.random = new SplittableRandom(seed);
    this.shared = List.of(new H2Asker(group, bed.daemon.httpPort()),
        new GrpcAsker(ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build()));
    pacer.start();
  }

  private void pace() {
    long next = System.nanoTime();
    for (long number = 0; open; number++) {
      next += gapNanos;
      while (open && next - System.nanoTime() > 0) {
        LockSupport.parkNanos(Math.min(next - System.nanoTime(), 20_000_000));
      }
      if (!offering) {
        next = System.nanoTime();
        continue;
      }
      Asker.Question question = question(number);
      long door = number % 3;
      underWay.incrementAndGet();
      workers.execute(() -> ask((int) door, question));
    }
  }

  private Asker.Question question(long number) {
    boolean home = random.nextInt(5) < 3;
    // Some are asked again and again, so that the cache has its part.
    String name = random.nextInt(10) == 0 ? "again" + random.nextInt(50) : "n" + number;
    String word = home ? " " + HOME + " " + name + " 患者身份证号 " + Samples.cnId(random) + "，请总结病历" : " word" + name + "q";
    return new Asker.Question(word, random.nextBoolean(), random.nextBoolean() ? "interactive" : "", home ? "restricted" : "",
        leaving && random.nextInt(3) == 0 ? random.nextInt(200) : -1);
  }

  private void ask(int door, Asker.Question question) {
    H1Asker mine = null;
    long begun = System.nanoTime();
    try {
      if (door == 2) {
        mine = own.poll();
        mine = mine == null ? new H1Asker(bed.daemon.httpPort()) : mine;
      }
      Asker.Outcome outcome = (mine == null ? shared.get(door) : mine).ask(WireSchedule.KEY, question);
      synchronized (ends) {
        ends.merge(outcome.kind(), 1L, Long::sum);
        if (outcome.kind() == Asker.Kind.REFUSED) {
          refusals.merge(outcome.text(), 1L, Long::sum);
        }
      }
      if (outcome.kind() == Asker.Kind.LOST && !heart.stoodStillSince(begun) && wrong.size() < 20) {
        wrong.add("door " + door + (question.stream() ? ", stream" : ", whole") + ": ended without a word");
      }
    } catch (Throwable failed) {
      wrong.add(failed.toString());
    } finally {
      if (mine != null) {
        keep(mine);
      }
      underWay.decrementAndGet();
    }
  }

  private void keep(H1Asker mine) {
    if (own.size() < KEPT) {
      own.add(mine);
      return;
    }
    try {
      mine.close();
    } catch (IOException failed) {
      wrong.add(failed.toString());
    }
  }

  /** Whether a third of the callers leaves in the midst of its answer. */
  void leaving(boolean yes) {
    leaving = yes;
  }

  /** Nobody comes any more until {@link #resume}; returns once nobody is under way. */
  void pause() {
    offering = false;
    // Counted in looks, not by the clock: a process that stood still has not looked.
    for (int looks = 0; underWay.get() > 0; looks++) {
      assertThat(looks).as("G5 looks at %d requests without an end", underWay.get()).isLessThan(LOOKS);
      LockSupport.parkNanos(50_000_000);
    }
  }

  void resume() {
    offering = true;
  }

  Map<Asker.Kind, Long> ends() {
    synchronized (ends) {
      return new EnumMap<>(ends);
    }
  }

  /** Codes of refusals, and how often each came. */
  Map<String, Long> refusals() {
    synchronized (ends) {
      return new TreeMap<>(refusals);
    }
  }

  List<String> wrong() {
    return List.copyOf(wrong);
  }

  @Override
  public void close() throws IOException {
    open = false;
    workers.shutdownNow();
    for (Asker asker : shared) {
      asker.close();
    }
    for (H1Asker asker : own) {
      asker.close();
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
