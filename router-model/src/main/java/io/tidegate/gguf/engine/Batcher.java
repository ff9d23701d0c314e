package io.tidegate.gguf.engine;

import io.tidegate.gguf.engine.Ending.Reason;
import io.tidegate.gguf.engine.Fault.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching. Each round gives the model one batch: the newest token of every answer under way, and with the room that is left pieces of
 * the prompts that are being read, in equal shares. So a long prompt delays other answers by one batch at a time, never by its whole length.
 *
 * <p>Two threads drive it: one calls {@link #intake} (prompts become tokens), one {@link #round}; both return whether there was something to do.
 * {@link #submit} and {@link #load} are for any thread. At most {@code queue} orders wait; the next is refused (G8). A sequence is emptied when its
 * answer is over: no later request can tell from timing what an earlier one asked (G4).
 */
public final class Batcher implements AutoCloseable {
  private final Weights weights;
  private final Sequences sequences;
  private final int queue;
  private final LongSupplier nanos;
  private final Job @Nullable [] slots;
  private final Prompts prompts;

  private final Object lock = new Object();
  private final ArrayDeque<Job> arrivals = new ArrayDeque<>();
  private final ArrayDeque<Job> ready = new ArrayDeque<>();
  /** Orders without a slot, the one being tokenised included. */
  private final AtomicInteger waiting = new AtomicInteger();
  private boolean stopping;

  private final LongAdder prefillTokens = new LongAdder();
  private final LongAdder decodeTokens = new LongAdder();
  private final LongAdder prefillNanos = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final LongAdder finished = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder runs = new LongAdder();
  private volatile List<Load.Slot> view;

  /**
   * @param slots answers under way at a time
   * @param context tokens of one answer with its prompt
   * @param queue orders that wait beyond those
   * @param usual most tokens of an answer whose order names no bound
   */
  public Batcher(Weights weights, int slots, int context, int queue, int usual, LongSupplier nanos) {
    this.weights = weights;
    this.sequences = weights.open(slots, context);
    this.queue = queue;
    this.nanos = nanos;
    this.slots = new Job[slots];
    this.prompts = new Prompts(weights, sequences.length(), usual);
    this.view = look();
  }

  /** Tokens that a prompt and its answer may have together. */
  public int context() {
    return sequences.length();
  }

  public int slots() {
    return slots.length;
  }

  /** Takes an order; empty if the queue is full. The reply comes later, on the engine's threads. */
  public Optional<Ticket> submit(Order order, Reply reply) {
    Job job = new Job(order, reply);
    boolean stops;
    synchronized (lock) {
      stops = stopping;
      int busy = 0;
      for (Job slot : slots) {
        busy += slot == null ? 0 : 1;
      }
      if (!stops && waiting.get() >= queue + slots.length - busy) {
        refused.increment();
        return Optional.empty();
      }
      if (!stops) {
        waiting.incrementAndGet();
        arrivals.add(job);
        lock.notifyAll();
      }
    }
    if (stops) {
      reply.failed(new Fault(Kind.STOPPING, 0, sequences.length()));
    }
    return Optional.of(job);
  }

  /** Makes the next arrival ready. */
  public boolean intake() {
    Job job;
    synchronized (lock) {
      job = arrivals.poll();
    }
    if (job == null) {
      return false;
    }
    Fault fault = job.cancelled() ? null : prompts.prepare(job);
    if (job.cancelled() || fault != null) {
      waiting.decrementAndGet();
      over(job, fault);
      return true;
    }
    synchronized (lock) {
      ready.add(job);
      lock.notifyAll();
    }
    return true;
  }

  private void over(Job job, @Nullable Fault fault) {
    if (job.cancelled()) {
      cancelled.increment();
    } else if (fault != null) {
      failed.increment();
      job.reply.failed(fault);
    }
  }

  /** One batch. */
  public boolean round() {
    dropCancelled();
    admit();
    boolean work = fill();
    view = look();
    if (!work) {
      return false;
    }
    boolean decoding = false;
    for (Job job : slots) {
      decoding |= job != null && job.made > 0;
    }
    long before = nanos.getAsLong();
    try {
      sequences.run();
    } catch (EngineFailure e) {
      failAll();
      return true;
    }
    (decoding ? decodeNanos : prefillNanos).add(nanos.getAsLong() - before);
    runs.increment();
    for (int i = 0; i < slots.length; i++) {
      Job job = slots[i];
      if (job != null && job.row >= 0) {
        next(i, job);
      }
    }
    view = look();
    return true;
  }

  private void dropCancelled() {
    for (int i = 0; i < slots.length; i++) {
      Job job = slots[i];
      if (job != null && job.cancelled()) {
        cancelled.increment();
        free(i, job);
      }
    }
  }

  private void admit() {
    for (int i = 0; i < slots.length; i++) {
      while (slots[i] == null) {
        Job job;
        synchronized (lock) {
          job = ready.poll();
          if (job != null) {
            waiting.decrementAndGet();
            if (!job.cancelled()) {
              slots[i] = job;
            }
          }
        }
        if (job == null) {
          return;
        }
        if (job.cancelled()) {
          cancelled.increment();
          synchronized (lock) {
            slots[i] = null;
          }
        } else {
          job.chooser = sequences.chooser(job.order.sampling());
          job.startedNanos = nanos.getAsLong();
        }
      }
    }
  }

  /** Puts the next batch together; false if there is nothing to do. */
  private boolean fill() {
    int row = 0;
    int readers = 0;
    for (int i = 0; i < slots.length; i++) {
      Job job = slots[i];
      if (job == null) {
        continue;
      }
      job.row = -1;
      if (job.reading()) {
        readers++;
      } else {
        sequences.add(i, job.newest, job.prompt.length + job.made - 1, true);
        job.row = row++;
      }
    }
    int left = sequences.room() - row;
    for (int i = 0; i < slots.length && readers > 0; i++) {
      Job job = slots[i];
      if (job == null || !job.reading()) {
        continue;
      }
      int share = Math.min(left / readers--, job.prompt.length - job.read);
      for (int k = 0; k < share; k++) {
        boolean last = job.read == job.prompt.length - 1;
        sequences.add(i, job.prompt[job.read], job.read, last);
        if (last) {
          job.row = row + k;
        }
        job.read++;
      }
      row += share;
      left -= share;
      prefillTokens.add(share);
    }
    return row > 0;
  }

  private void next(int slot, Job job) {
    if (job.cancelled()) {
      return; // Freed at the beginning of the next round.
    }
    int token = sequences.choose(java.util.Objects.requireNonNull(job.chooser), job.row);
    if (job.made == 0) {
      job.firstTokenNanos = nanos.getAsLong();
    }
    if (weights.ends(token)) {
      end(slot, job, Reason.STOP);
      return;
    }
    job.made++;
    job.newest = token;
    decodeTokens.increment();
    String piece = job.text.take(weights.piece(token));
    if (!piece.isEmpty()) {
      job.reply.text(piece);
    }
    if (job.text.stopped()) {
      end(slot, job, Reason.STOP);
    } else if (job.made >= job.most) {
      end(slot, job, Reason.LENGTH);
    }
  }

  private void end(int slot, Job job, Reason reason) {
    String last = job.text.finish();
    if (!last.isEmpty()) {
      job.reply.text(last);
    }
    long now = nanos.getAsLong();
    Ending ending = new Ending(job.text.stopped() ? Reason.STOP : reason, job.prompt.length, job.made, job.firstTokenNanos - job.startedNanos,
        now - job.firstTokenNanos);
    free(slot, job);
    finished.increment();
    job.reply.ended(ending);
  }

  private void free(int slot, Job job) {
    sequences.forget(slot);
    Sequences.Chooser chooser = job.chooser;
    if (chooser != null) {
      chooser.close();
      job.chooser = null;
    }
    synchronized (lock) {
      slots[slot] = null;
    }
  }

  /** A failed run leaves sequences in an unknown state: all begin anew. */
  private void failAll() {
    for (int i = 0; i < slots.length; i++) {
      Job job = slots[i];
      if (job != null) {
        free(i, job);
        over(job, new Fault(Kind.ENGINE, job.prompt.length, sequences.length()));
      }
    }
  }

  private List<Load.Slot> look() {
    List<Load.Slot> all = new ArrayList<>();
    for (int i = 0; i < slots.length; i++) {
      Job job = slots[i];
      all.add(job == null ? new Load.Slot(i, false, sequences.length(), 0, 0, 0)
          : new Load.Slot(i, true, sequences.length(), job.prompt.length, job.read, job.made));
    }
    return List.copyOf(all);
  }

  public Load load() {
    return new Load(view, waiting.get(), prefillTokens.sum(), decodeTokens.sum(), prefillNanos.sum(), decodeNanos.sum(), finished.sum(), refused.sum(),
        cancelled.sum(), failed.sum(), runs.sum());
  }

  /** Waits until there may be something to do, at most {@code millis}; false once the engine stops. */
  public boolean await(boolean intake, long millis) throws InterruptedException {
    synchronized (lock) {
      if (!stopping && (intake ? arrivals : ready).isEmpty()) {
        lock.wait(millis);
      }
      return !stopping;
    }
  }

  /** Whether {@link #stop} was called. */
  public boolean stops() {
    synchronized (lock) {
      return stopping;
    }
  }

  /** Takes no further orders; the threads' loops end. */
  public void stop() {
    synchronized (lock) {
      stopping = true;
      lock.notifyAll();
    }
  }

  /** After both threads have ended: fails what is left, and lets go of the model's memory. */
  @Override
  public void close() {
    stop();
    Fault fault = new Fault(Kind.STOPPING, 0, sequences.length());
    for (int i = 0; i < slots.length; i++) {
      Job job = slots[i];
      if (job != null) {
        free(i, job);
        over(job, fault);
      }
    }
    List<Job> left = new ArrayList<>();
    synchronized (lock) {
      left.addAll(arrivals);
      left.addAll(ready);
      arrivals.clear();
      ready.clear();
      waiting.set(0);
    }
    left.forEach(job -> over(job, fault));
    sequences.close();
  }
}
