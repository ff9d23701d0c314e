package io.tidegate.net;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidegate.time.Ticker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns host names into addresses away from the event loops (the platform's resolver blocks). Any thread.
 *
 * <p>Literal addresses need no look-up. Answers are kept for {@code freshNanos}; when a later look-up fails, the last good answer is used
 * for up to {@code staleNanos} more, so that a short outage of the resolver stops nobody. What is connected is checked anyway (hazard A15).
 * Bounds: two threads, 256 look-ups waiting, 1,024 names kept; past them a name counts as unknown.
 */
public final class Names implements AutoCloseable {
  private static final InetAddress[] UNKNOWN = {};
  private static final int MAX_NAMES = 1024;
  private static final int MAX_WAITING = 256;
  private static final long FAILED_FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ticker ticker;
  private final long freshNanos;
  private final long staleNanos;
  private final Lookup lookup;
  private final ThreadPoolExecutor threads;
  /** Guarded by this. */
  private final Map<String, Entry> entries = new HashMap<>();

  /** The blocking look-up itself. */
  @FunctionalInterface
  public interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private record Waiter(Executor loop, Consumer<InetAddress[]> found) {}

  /** What is known of one name. Guarded by the owner. */
  private static final class Entry {
    InetAddress[] addresses = UNKNOWN;
    long freshUntilNanos;
    long goodUntilNanos;
    /** Those who wait for the look-up under way; null if none is. */
    @Nullable List<Waiter> waiters;
  }

  /** The platform's resolver, 30 s fresh, 10 minutes stale. */
  public Names(Ticker ticker) {
    this(ticker, TimeUnit.SECONDS.toNanos(30), TimeUnit.MINUTES.toNanos(10), InetAddress::getAllByName);
  }

  public Names(Ticker ticker, long freshNanos, long staleNanos, Lookup lookup) {
    this.ticker = ticker;
    this.freshNanos = freshNanos;
    this.staleNanos = staleNanos;
    this.lookup = lookup;
    this.threads = new ThreadPoolExecutor(2, 2, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING),
        new DefaultThreadFactory("names", true));
    this.threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Finds the addresses of {@code host}.
   *
   * @param loop where {@code found} runs; at once, before this returns, if the answer is known (then the caller must be on the loop)
   * @param found gets the addresses in the resolver's order; none if the name is unknown
   */
  public void resolve(String host, Executor loop, Consumer<InetAddress[]> found) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      found.accept(new InetAddress[] {address(literal)});
      return;
    }
    InetAddress[] known = knownOrAsked(host, new Waiter(loop, found));
    if (known != null) {
      found.accept(known);
    }
  }

  /** The addresses if they are fresh or no further look-up can be made; null if {@code waiter} will be told. */
  private synchronized InetAddress @Nullable [] knownOrAsked(String host, Waiter waiter) {
    long now = ticker.nanos();
    Entry entry = entries.get(host);
    if (entry == null) {
      if (entries.size() >= MAX_NAMES) {
        entries.values().removeIf(old -> old.waiters == null && now - old.freshUntilNanos >= 0);
        if (entries.size() >= MAX_NAMES) {
          return UNKNOWN;
        }
      }
      entry = new Entry();
      entry.freshUntilNanos = now;
      entry.goodUntilNanos = now;
      entries.put(host, entry);
    }
    if (entry.waiters != null) {
      if (entry.waiters.size() >= MAX_WAITING) {
        return UNKNOWN;
      }
      entry.waiters.add(waiter);
      return null;
    }
    if (now - entry.freshUntilNanos < 0) {
      return entry.addresses;
    }
    entry.waiters = new ArrayList<>();
    entry.waiters.add(waiter);
    try {
      threads.execute(() -> lookUp(host));
      return null;
    } catch (RejectedExecutionException e) {
      entry.waiters = null;
      return now - entry.goodUntilNanos < 0 ? entry.addresses : UNKNOWN;
    }
  }

  private void lookUp(String host) {
    InetAddress[] answer;
    try {
      answer = lookup.addresses(host);
    } catch (UnknownHostException | RuntimeException e) {
      answer = UNKNOWN;
    }
    settle(host, answer);
  }

  private void settle(String host, InetAddress[] answer) {
    List<Waiter> waiters;
    InetAddress[] told;
    synchronized (this) {
      Entry entry = entries.get(host);
      if (entry == null || entry.waiters == null) {
        return;
      }
      long now = ticker.nanos();
      if (answer.length > 0) {
        entry.addresses = answer;
        entry.freshUntilNanos = now + freshNanos;
        entry.goodUntilNanos = now + freshNanos + staleNanos;
      } else {
        entry.freshUntilNanos = now + FAILED_FRESH_NANOS;
        if (now - entry.goodUntilNanos >= 0) {
          entry.addresses = UNKNOWN;
        }
      }
      told = entry.addresses;
      waiters = entry.waiters;
      entry.waiters = null;
    }
    for (Waiter waiter : waiters) {
      waiter.loop.execute(() -> waiter.found.accept(told));
    }
  }

  private static InetAddress address(byte[] literal) {
    try {
      return InetAddress.getByAddress(literal);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes is always one", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
