package io.tidegate.lab.sim;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.time.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A model server as numbers: slots, a bounded queue in order of arrival and 503 beyond it, a cache of prompts' blocks, and what may go wrong with it.
 * Confined to the simulation's thread.
 */
public final class ModelServer {
  private final VirtualTime time;
  private final SplittableRandom random;
  private final int queueBound;
  private final BlockCache cache;
  private final Deque<Job> queue = new ArrayDeque<>();
  private final List<Job> working = new ArrayList<>();
  private ServiceModel service;
  private int slots;
  private boolean down;
  private double failingShare;
  private boolean worksOn;
  private @Nullable Account account;

  private long accepted;
  private long busy;
  private long workNanos;
  private long blocks;
  private long found;
  private int most;

  /** Who asked. One of {@link #last} and {@link #failed} ends it. */
  public interface Caller {
    void first();

    void last();

    void failed(AttemptFailure failure);
  }

  /** @param queueBound requests that wait beyond the slots; one more is told 503 at once */
  public ModelServer(VirtualTime time, ServiceModel service, int slots, int queueBound, int cachedBlocks, SplittableRandom random) {
    this.time = time;
    this.service = service;
    this.slots = slots;
    this.queueBound = queueBound;
    this.cache = new BlockCache(cachedBlocks);
    this.random = random;
  }

  /** One without a cache worth the name. */
  public ModelServer(VirtualTime time, ServiceModel service, int slots, int queueBound, SplittableRandom random) {
    this(time, service, slots, queueBound, 0, random);
  }

  /** What is in flight there counts against {@code shared}, too. */
  public ModelServer of(Account shared) {
    account = shared;
    return this;
  }

  /** It does not notice that a caller has left. */
  public ModelServer worksOn() {
    worksOn = true;
    return this;
  }

  public void slots(int count) {
    slots = count;
    start();
  }

  public void service(ServiceModel model) {
    service = model;
  }

  /** Dead or alive again. What it was working on is reset. */
  public void down(boolean dead) {
    down = dead;
    if (dead) {
      List<Job> lost = new ArrayList<>(working);
      lost.addAll(queue);
      lost.forEach(job -> job.fail(Kind.RESET));
    }
  }

  /** This share of requests is answered by 500 at once. */
  public void failing(double share) {
    failingShare = share;
  }

  /** Begins on a request, or fails it in the same step. */
  public Job take(Arrival arrival, Caller caller) {
    Job job = new Job(arrival, caller);
    if (down) {
      job.refuse(Kind.CONNECT_REFUSED, 0);
    } else if (failingShare > 0 && random.nextDouble() < failingShare) {
      job.refuse(Kind.SERVER_ERROR, 500);
    } else if (account != null && !account.enter()) {
      job.refuse(Kind.RATE_LIMITED, 429);
    } else if (working.size() >= slots && queue.size() >= queueBound) {
      busy++;
      if (account != null) {
        account.leave();
      }
      job.refuse(Kind.BUSY, 503);
    } else {
      accepted++;
      queue.addLast(job);
      start();
      most = Math.max(most, inFlight());
    }
    return job;
  }

  private void start() {
    while (!down && working.size() < slots && !queue.isEmpty()) {
      Job job = queue.removeFirst();
      working.add(job);
      job.begin();
    }
  }

  public int inFlight() {
    return working.size() + queue.size();
  }

  public long accepted() {
    return accepted;
  }

  /** Requests that were told 503. */
  public long busy() {
    return busy;
  }

  public int most() {
    return most;
  }

  /** Time that its slots have worked. */
  public long workNanos() {
    return workNanos;
  }

  public long blocksAsked() {
    return blocks;
  }

  public long blocksFound() {
    return found;
  }

  /** One request with it. */
  public final class Job {
    private final Arrival arrival;
    private final Caller caller;
    private Loop.@Nullable Timer timer;
    private boolean over;
    private boolean left;

    private Job(Arrival arrival, Caller caller) {
      this.arrival = arrival;
      this.caller = caller;
    }

    private void refuse(Kind kind, int status) {
      over = true;
      boolean begun = kind == Kind.SERVER_ERROR;
      time.execute(() -> {
        if (!left) {
          caller.failed(new AttemptFailure(kind, status, !begun && status == 0, 0, null));
        }
      });
    }

    private void begin() {
      int kept = cache.use(arrival.blocks());
      blocks += arrival.blocks().length;
      found += kept;
      int uncached = arrival.blocks().length == 0 ? arrival.inTokens() : Math.max(0, arrival.inTokens() - kept * 512);
      long first = service.firstNanos(uncached, random);
      long rest = service.restNanos(arrival.outTokens(), random);
      workNanos += first + rest;
      timer = time.schedule(() -> first(rest), first);
    }

    private void first(long rest) {
      timer = time.schedule(this::last, rest);
      if (!left) {
        caller.first();
      }
    }

    private void last() {
      leaveServer();
      if (!left) {
        caller.last();
      }
    }

    private void fail(Kind kind) {
      leaveServer();
      if (!left) {
        caller.failed(AttemptFailure.of(kind));
      }
    }

    /** The caller left: it hears nothing more. */
    public void leave() {
      left = true;
      if (!over && !worksOn) {
        leaveServer();
      }
    }

    private void leaveServer() {
      over = true;
      if (timer != null) {
        timer.cancel();
      }
      if (account != null) {
        account.leave();
      }
      if (working.remove(this)) {
        start();
      } else {
        queue.remove(this);
      }
    }
  }
}
