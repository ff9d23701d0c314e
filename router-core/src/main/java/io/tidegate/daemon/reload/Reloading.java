package io.tidegate.daemon.reload;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Problem;
import io.tidegate.net.TlsFiles;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again and puts in force what can be changed while requests are under way: {@link #LIVE}. First everything is read and
 * checked, then everything is put in force by single writes; what does not pass changes nothing. What else differs is told by name: it needs another
 * process ({@code tidegate upgrade}). Blocking; one attempt at a time.
 */
public final class Reloading {
  private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);
  /** Keys, and beginnings of keys that end with a dot. */
  private static final List<String> LIVE = List.of("callers.", "http.tls.", "grpc.tls.", "scaler.tls.", "telemetry.logLevel", "timeouts.drain");

  /**
   * What takes a new configuration into use, each part by one write. Nothing here may fail.
   *
   * @param callers who may ask
   * @param logLevel of the daemon's loggers
   * @param certificate is told each listener's, and when it ends
   */
  public record Parts(Consumer<io.tidegate.admission.Callers> callers, Consumer<String> logLevel, BiConsumer<String, Instant> certificate) {}

  private final ConfigSource source;
  private final ListenerTls tls;
  private final Parts parts;
  private final WallClock clock;
  private final ReloadMeters meters;
  /** What this process was started with, but for what was changed live. */
  private volatile TidegateConfig inForce;
  private volatile ConfigLoader.Loaded live;
  private volatile @Nullable Reloaded last;

  /** @param config what the daemon runs with */
  public Reloading(TidegateConfig config, ConfigSource source, ListenerTls tls, Parts parts, WallClock clock, ReloadMeters meters) {
    this.inForce = config;
    this.source = source;
    this.live = source.first();
    this.tls = tls;
    this.parts = parts;
    this.clock = clock;
    this.meters = meters;
    meters.bind(this);
  }

  /** With what was changed live. */
  public TidegateConfig inForce() {
    return inForce;
  }

  /** Null before the first attempt. */
  public @Nullable Reloaded last() {
    return last;
  }

  /** One attempt. */
  public synchronized Reloaded attempt() {
    Instant now = clock.now();
    ConfigLoader.Loaded read;
    try {
      read = source.again().get();
    } catch (RuntimeException defect) {
      return ended(refused(now, List.of("the configuration could not be read (" + defect.getClass().getSimpleName() + "). Fix: report it, with the file")));
    }
    TidegateConfig config = read.config().orElse(null);
    if (config == null) {
      return ended(refused(now, read.problems().stream().map(Problem::toString).toList()));
    }
    List<String> changed = new ArrayList<>();
    for (String key : read.changes(live)) {
      if (isLive(key)) {
        changed.add(key);
      }
    }
    if (!inForce.callers().equals(config.callers()) && changed.stream().noneMatch(key -> key.startsWith("callers."))) {
      changed.add("callers.keysFile");
    }
    List<String> restart = new ArrayList<>();
    for (String key : read.changes(source.first())) {
      if (!isLive(key)) {
        restart.add(key);
      }
    }
    // A listener that is to speak TLS, or no longer, is another listener.
    moved("http.tls", inForce.http().tls() == null, config.http().tls() == null, restart);
    moved("grpc.tls", inForce.grpc().tls() == null, config.grpc().tls() == null, restart);
    moved("scaler.tls", inForce.scaling().tls() == null, config.scaling().tls() == null, restart);
    Map<String, TlsFiles> certificates;
    io.tidegate.admission.Callers callers;
    try {
      certificates = tls.read(config, now);
      callers = config.callers().admission();
    } catch (IOException | IllegalArgumentException wrong) {
      return ended(refused(now, List.of(String.valueOf(wrong.getMessage()))));
    }
    boolean renewed = renewed(certificates);
    tls.use(certificates);
    certificates.forEach((listener, files) -> parts.certificate().accept(listener, files.notAfter()));
    parts.callers().accept(callers);
    parts.logLevel().accept(config.telemetry().logLevel());
    inForce = config;
    live = read;
    Reloaded.Kind kind = changed.isEmpty() && restart.isEmpty() && !renewed ? Reloaded.Kind.UNCHANGED : Reloaded.Kind.ACCEPTED;
    Reloaded good = ended(new Reloaded(kind, now, changed, restart, List.of(), certificates()));
    LOG.info("configuration read again: {} keys changed{}", changed.size(), renewed ? ", new certificates" : "");
    if (!restart.isEmpty()) {
      LOG.warn("configuration: these keys need a restart (tidegate upgrade): {}", String.join(", ", restart));
    }
    return good;
  }

  private static void moved(String key, boolean was, boolean is, List<String> restart) {
    if (was != is) {
      restart.add(key);
    }
  }

  private boolean renewed(Map<String, TlsFiles> read) {
    boolean[] renewed = new boolean[1];
    tls.each((listener, shown) -> {
      TlsFiles files = read.get(listener);
      renewed[0] |= files != null && !files.print().equals(shown.inForce().print());
    });
    return renewed[0];
  }

  private SortedMap<String, Instant> certificates() {
    SortedMap<String, Instant> all = new TreeMap<>();
    tls.each((listener, shown) -> all.put(listener, shown.inForce().notAfter()));
    return all;
  }

  private Reloaded refused(Instant now, List<String> problems) {
    Reloaded before = last;
    if (before == null || !before.problems().equals(problems)) {
      LOG.warn("configuration refused, what was in force stays: {}", String.join("; ", problems.subList(0, Math.min(problems.size(), 20))));
    }
    return new Reloaded(Reloaded.Kind.REFUSED, now, List.of(), List.of(), problems, certificates());
  }

  private Reloaded ended(Reloaded outcome) {
    last = outcome;
    meters.count(outcome.kind());
    return outcome;
  }

  private static boolean isLive(String key) {
    return LIVE.stream().anyMatch(live -> live.endsWith(".") ? key.startsWith(live) : key.equals(live));
  }
}
