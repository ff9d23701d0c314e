package io.tidegate.daemon.regions;

import io.tidegate.config.RegionsConfig;
import io.tidegate.config.TidegateConfig;
import io.tidegate.dispatch.region.ForwardedFor;
import io.tidegate.dispatch.region.RegionPlan;
import io.tidegate.dispatch.region.RegionTable;
import io.tidegate.model.Cidr;
import io.tidegate.model.Problem;
import io.tidegate.model.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Regions while the daemon runs: the order in which they are tried, and the table that tells where callers are, which is read again when its file changes.
 * A table that cannot be read leaves the last good one. Not loaded where nobody speaks of regions.
 */
public final class Regional implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Regional.class);
  private static final long LOOK_MILLIS = 1_000;

  private final RegionsConfig config;
  private final Set<String> names;
  private final RegionPlan plan;
  private final AtomicLong failures = new AtomicLong();
  private volatile RegionTable table = RegionTable.EMPTY;
  private volatile boolean closed;
  /** What the file was when it was last read, or tried. */
  private String read = "";
  private String seen = "";
  private @Nullable Thread thread;

  private Regional(TidegateConfig config, RegionsConfig regions) {
    this.config = regions;
    this.names = new HashSet<>(regions.names());
    Map<String, List<String>> byUpstream = new HashMap<>();
    for (Upstream upstream : config.upstreams()) {
      byUpstream.put(upstream.name(), Sources.regions(config, upstream));
    }
    this.plan = new RegionPlan(regions.names(), byUpstream, config.region(), regions.ifUnknown());
  }

  /** @throws IOException with what is wrong with the table, in words */
  public static Regional open(TidegateConfig config, RegionsConfig regions) throws IOException {
    Regional regional = new Regional(config, regions);
    Path file = regions.table();
    if (file != null) {
      regional.read = stamp(file);
      regional.seen = regional.read;
      List<Problem> problems = new ArrayList<>();
      regional.table = TableFile.read(file, regional.names, problems);
      if (!problems.isEmpty()) {
        throw new IOException(problems.get(0).toString());
      }
    }
    return regional;
  }

  /** The order of regions. */
  public RegionPlan plan() {
    return plan;
  }

  /** Prefixes of the table in force. */
  public int prefixes() {
    return table.prefixes();
  }

  /** Tables that could not be read since the start. */
  public long failures() {
    return failures.get();
  }

  /** The region of a caller; empty if it is not known. Any loop; never blocks. */
  public String region(@Nullable SocketAddress remote, @Nullable String forwarded) {
    byte[] peer = remote instanceof InetSocketAddress inet ? address(inet.getAddress()) : null;
    if (peer == null) {
      return "";
    }
    byte[] client = ForwardedFor.client(peer, forwarded, this::isProxy, TableFile::literal);
    return client == null ? "" : table.of(client);
  }

  private static byte @Nullable [] address(@Nullable InetAddress address) {
    return address == null ? null : address.getAddress();
  }

  private boolean isProxy(byte[] address) {
    for (Cidr proxy : config.proxies()) {
      if (proxy.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Begins to watch the table. Once. */
  public synchronized void start() {
    if (config.table() != null) {
      thread = new Thread(null, this::watch, "region-table", 512 << 10);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void watch() {
    try {
      while (!closed) {
        Thread.sleep(LOOK_MILLIS);
        look();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the table if its file changed and has been still for one look: nobody is writing it. */
  synchronized void look() {
    Path file = config.table();
    if (file == null) {
      return;
    }
    String now = stamp(file);
    boolean still = now.equals(seen);
    seen = now;
    if (!still || now.equals(read)) {
      return;
    }
    read = now;
    List<Problem> problems = new ArrayList<>();
    try {
      RegionTable next = TableFile.read(file, names, problems);
      if (problems.isEmpty()) {
        table = next;
        LOG.info("region table: {} prefixes", next.prefixes());
        return;
      }
    } catch (IOException unreadable) {
      problems.add(new Problem(file.toString(), 0, 0, "the table cannot be read (" + unreadable.getClass().getSimpleName() + ")", "give the daemon the right to"));
    }
    failures.incrementAndGet();
    LOG.warn("region table: the last good one stays, with {} prefixes. {}", table.prefixes(), problems.get(0));
  }

  /** Tells two states of a file apart. */
  private static String stamp(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return is.lastModifiedTime().toMillis() + " " + is.size() + " " + is.fileKey();
    } catch (IOException gone) {
      return "gone";
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread watching = thread;
    if (watching != null) {
      watching.interrupt();
      try {
        watching.join(2_000);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
