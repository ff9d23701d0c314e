package io.tidegate.discovery;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.ConsulException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the daemon registered: again after an agent forgot it, with back-off while there is none, and not any more after {@link #close}.
 * All calls on one thread of its own.
 */
public final class ConsulRegistration implements OwnRegistration, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulRegistration.class);

  private final RegistrationConfig registration;
  private final AgentCalls agent;
  private final BooleanSupplier ready;
  private final RandomGenerator random;
  private final long backoffBaseNanos;
  private final long backoffCapNanos;
  private final Thread thread;
  private final Object bell = new Object();
  private volatile boolean registered;
  private volatile boolean stopping;
  private int failuresInRow;

  /**
   * @param ready what a TTL check reports; asked once per interval on the registration's thread
   * @throws IllegalArgumentException if the CA file is unusable
   */
  public ConsulRegistration(ConsulConfig config, RegistrationConfig registration, BooleanSupplier ready, RandomGenerator random) {
    this.registration = registration;
    this.agent = new AgentCalls(config, registration, Long.toHexString(random.nextLong()));
    this.ready = ready;
    this.random = random;
    this.backoffBaseNanos = config.backoffBase().toNanos();
    this.backoffCapNanos = config.backoffCap().toNanos();
    this.thread = new Thread(null, this::run, "consul-registration");
    thread.setDaemon(true);
  }

  /** Starts to register; returns at once. Once. */
  public void start() {
    thread.start();
  }

  @Override
  public boolean registered() {
    return registered;
  }

  @Override
  public String service() {
    return registration.service();
  }

  @Override
  public String id() {
    return registration.id();
  }

  /** Takes the registration back. Waits at most three times the patience: a call that is under way, and the deregistration. */
  @Override
  public void close() {
    // No interrupt: it would cut a call short, and that thread still has one to make.
    synchronized (bell) {
      stopping = true;
      bell.notifyAll();
    }
    try {
      thread.join(registration.patience().multipliedBy(3).toMillis());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopping) {
      rest(step());
    }
    leave();
  }

  private void rest(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    synchronized (bell) {
      for (long left = time.toMillis(); !stopping && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
        try {
          bell.wait(left);
        } catch (InterruptedException nobodyOfOurs) {
          stopping = true;
        }
      }
    }
  }

  /** One look, and the time until the next. */
  private Duration step() {
    try {
      if (registered && !agent.stands(ready.getAsBoolean())) {
        LOG.info("Consul does not confirm {} any more, registering again", registration.id());
        registered = false;
      }
      if (!registered) {
        agent.register(ready.getAsBoolean());
        registered = true;
        LOG.info("registered in Consul as {} ({})", registration.id(), registration.service());
      }
      failuresInRow = 0;
      return registration.interval();
    } catch (RuntimeException failure) {
      // The client throws its own kind for most, but not for all that a network can do.
      return afterFailure(failure);
    }
  }

  private Duration afterFailure(RuntimeException failure) {
    if (failuresInRow == 0 && !stopping) {
      LOG.warn("Consul did not take or confirm the registration of {}: {}", registration.id(), reason(failure));
    }
    failuresInRow = Math.min(failuresInRow + 1, 1000);
    registered = false;
    return Duration.ofNanos(Backoff.waitNanos(failuresInRow, backoffBaseNanos, backoffCapNanos, random));
  }

  private void leave() {
    try {
      if (agent.deregister()) {
        LOG.info("deregistered {} from Consul", registration.id());
      } else {
        LOG.info("{} stays registered in Consul: another process took over", registration.id());
      }
    } catch (RuntimeException failure) {
      LOG.warn("Consul did not take back {}: {}", registration.id(), reason(failure));
    }
    registered = false;
    agent.close();
  }

  private static String reason(RuntimeException failure) {
    if (failure instanceof ConsulException answered && answered.hasCode()) {
      return "status " + answered.getCode();
    }
    @Nullable Throwable cause = failure.getCause();
    return (cause == null ? failure : cause).getClass().getSimpleName();
  }
}
