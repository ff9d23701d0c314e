package io.tidegate.lab.sim;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.time.Loop;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Callers without a router: they ask one server, and again in their {@link Manner}. Confined to the simulation's thread. */
public final class Client implements Service {
  private final VirtualTime time;
  private final Manner manner;
  private final ModelServer server;
  private final SplittableRandom random;
  private long sent;
  private int open;

  public Client(VirtualTime time, Manner manner, ModelServer server, long seed) {
    this.time = time;
    this.manner = manner;
    this.server = server;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public Outcome ask(Ask ask) {
    Outcome outcome = new Outcome(ask, time.nanos());
    open++;
    new Call(outcome).attempt();
    return outcome;
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public int left() {
    return open;
  }

  private final class Call implements ModelServer.Caller {
    private final Outcome outcome;
    private int made;
    private ModelServer.@Nullable Job job;
    private Loop.@Nullable Timer timeOut;

    Call(Outcome outcome) {
      this.outcome = outcome;
    }

    void attempt() {
      made++;
      sent++;
      timeOut = time.schedule(this::late, Manner.ATTEMPT_NANOS);
      job = server.take(outcome.ask().arrival(), this);
    }

    private void late() {
      if (job != null) {
        job.leave();
      }
      failed(AttemptFailure.of(Kind.TOTAL_TIMEOUT));
    }

    private void settled() {
      if (timeOut != null) {
        timeOut.cancel();
      }
    }

    @Override
    public void first() {}

    @Override
    public void last() {
      settled();
      outcome.answered(time.nanos());
      open--;
    }

    @Override
    public void failed(AttemptFailure failure) {
      settled();
      if (made <= manner.more() && manner.after().test(failure)) {
        long wait = manner.waits().nanos(made - 1, random);
        if (time.nanos() + wait - outcome.askedNanos() < outcome.ask().patienceNanos()) {
          time.schedule(this::attempt, wait);
          return;
        }
      }
      outcome.failed(null, time.nanos());
      open--;
    }
  }
}
