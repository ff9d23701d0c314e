package io.tidegate.ingress.http;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the connections of one event loop share: scratch memory, answer heads, the date, and one coarse sweep instead of a timer for each
 * wait (data-path.md). Confined to its loop.
 */
final class LoopState {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final long DATE_STALE_NANOS = 500_000_000;
  /** Into so many parts connections are divided that leave one part after the other. */
  private static final int DRAIN_PARTS = 50;

  /** Something with waits to bound. */
  abstract static class Watched extends ChannelInboundHandlerAdapter {
    private int slot = -1;

    /** Looks whether a wait has lasted too long. */
    abstract void sweep(long nowNanos);

    /** Ends the connection as soon as no request is under way on it, or can be on its way to it. */
    void drain() {}

    /** The time for draining is over: what is under way ends now, with a word. */
    void cutShort() {}
  }

  final Loop loop;
  final byte[] scratch;
  final AnswerHeads heads = new AnswerHeads();
  private final WallClock wallClock;
  private final long tickNanos;
  private final List<Watched> watched = new ArrayList<>();
  private boolean ticking;
  private boolean draining;
  private String date = "";
  private byte[] dateBytes = {};
  private long dateNanos;

  LoopState(Loop loop, HttpConfig config, WallClock wallClock) {
    this.loop = loop;
    this.scratch = new byte[Math.max(HeadParser.scratchBytes(config), AnswerHeads.MAX_HEAD_BYTES)];
    this.wallClock = wallClock;
    long shortest = Math.min(Math.min(config.headerTimeout().toNanos(), config.bodyTimeout().toNanos()),
        Math.min(Math.min(config.idleTimeout().toNanos(), config.writeTimeout().toNanos()),
            Math.min(config.pingEvery().toNanos(), config.lingerTimeout().toNanos())));
    this.tickNanos = Math.max(20_000_000, Math.min(1_000_000_000, shortest / 4));
  }

  /** One that comes while draining, as it was accepted just before, is told so in a turn of its own. */
  void watch(Watched one) {
    one.slot = watched.size();
    watched.add(one);
    if (draining) {
      loop.execute(() -> {
        if (one.slot >= 0) {
          one.drain();
        }
      });
    }
    if (!ticking) {
      ticking = true;
      loop.schedule(this::tick, tickNanos);
    }
  }

  /** Does nothing if {@code one} is not watched (any more). */
  void forget(Watched one) {
    int slot = one.slot;
    if (slot < 0) {
      return;
    }
    one.slot = -1;
    Watched last = watched.remove(watched.size() - 1);
    if (last != one) {
      watched.set(slot, last);
      last.slot = slot;
    }
  }

  /** Whether the time of all connections here is coming to its end. */
  boolean draining() {
    return draining;
  }

  /** Drains connections: evenly over {@code overNanos}, which may be 0; who comes meanwhile, at once. */
  void drain(long overNanos) {
    draining = true;
    Watched[] all = watched.toArray(Watched[]::new);
    for (int part = 0; part < DRAIN_PARTS; part++) {
      int from = first(all.length, part);
      int to = first(all.length, part + 1);
      if (overNanos == 0 || part == 0) {
        drain(all, from, to);
      } else if (from < to) {
        loop.schedule(() -> drain(all, from, to), overNanos / DRAIN_PARTS * part);
      }
    }
  }

  /** Rounded up: of few connections the first goes at once. */
  private static int first(int count, int part) {
    return (int) (((long) count * part + DRAIN_PARTS - 1) / DRAIN_PARTS);
  }

  private static void drain(Watched[] all, int from, int to) {
    for (int i = from; i < to; i++) {
      if (all[i].slot >= 0) {
        all[i].drain();
      }
    }
  }

  void cutShort() {
    for (Watched one : watched.toArray(Watched[]::new)) {
      one.cutShort();
    }
  }

  /** The date as HTTP writes it, at most half a second old. */
  byte[] dateBytes() {
    refreshDate();
    return dateBytes;
  }

  String date() {
    refreshDate();
    return date;
  }

  private void refreshDate() {
    long now = loop.nanos();
    if (dateBytes.length == 0 || now - dateNanos > DATE_STALE_NANOS) {
      date = HTTP_DATE.format(wallClock.now());
      dateBytes = date.getBytes(StandardCharsets.US_ASCII);
      dateNanos = now;
    }
  }

  private void tick() {
    long now = loop.nanos();
    // From the end: a sweep may close its connection, which takes it out of the list.
    for (int i = watched.size() - 1; i >= 0; i--) {
      if (i < watched.size()) {
        watched.get(i).sweep(now);
      }
    }
    ticking = !watched.isEmpty();
    if (ticking) {
      loop.schedule(this::tick, tickNanos);
    }
  }
}
