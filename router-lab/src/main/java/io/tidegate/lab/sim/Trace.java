package io.tidegate.lab.sim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Arrivals of real traffic, in order of time. Immutable. */
public final class Trace {
  /** A coding assistant: very bursty, long prompts, short answers. */
  public static final String CODE = "azure-llm-2023-code-min00-30.csv";
  /** A chat service: nearly Poisson. */
  public static final String CHAT = "azure-llm-2023-conv-min00-30.csv";
  /** Chat with the identity of prompts' blocks. */
  public static final String PREFIXES = "mooncake-conversation-min00-30.csv";

  private static final long MILLI = 1_000_000L;

  private final List<Arrival> arrivals;
  private final long lengthNanos;

  private Trace(List<Arrival> arrivals, long lengthNanos) {
    this.arrivals = List.copyOf(arrivals);
    this.lengthNanos = lengthNanos;
  }

  /** Arrivals of our own making. */
  public static Trace of(List<Arrival> arrivals, long lengthNanos) {
    return new Trace(arrivals, lengthNanos);
  }

  /** Reads the columns {@code t_ms,in_tokens,out_tokens} and perhaps {@code prefix_blocks}. */
  public static Trace read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    }
  }

  static Trace read(InputStream in, String name) throws IOException {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      String head = lines.readLine();
      if (head == null || !head.startsWith("t_ms,in_tokens,out_tokens")) {
        throw new IOException(name + ": the first line must name the columns t_ms,in_tokens,out_tokens");
      }
      List<Arrival> all = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.add(arrival(line));
      }
      if (all.isEmpty()) {
        throw new IOException(name + ": no arrivals");
      }
      long last = all.get(all.size() - 1).atNanos();
      return new Trace(all, last + 1000 * MILLI);
    }
  }

  private static Arrival arrival(String line) {
    String[] cells = line.split(",");
    int[] blocks = cells.length < 4 ? Arrival.UNTOLD
        : Stream.of(cells[3].trim().split(" ")).filter(run -> !run.isEmpty()).flatMapToInt(Trace::run).toArray();
    return new Arrival(Long.parseLong(cells[0]) * MILLI, Integer.parseInt(cells[1]), Integer.parseInt(cells[2]), blocks);
  }

  private static IntStream run(String run) {
    int dash = run.indexOf('-');
    return dash < 0 ? IntStream.of(Integer.parseInt(run))
        : IntStream.rangeClosed(Integer.parseInt(run.substring(0, dash)), Integer.parseInt(run.substring(dash + 1)));
  }

  public List<Arrival> arrivals() {
    return arrivals;
  }

  public long lengthNanos() {
    return lengthNanos;
  }

  /** For a trace that gives arrivals in steps: those of one step are spread evenly until the next. */
  public Trace spread() {
    List<Arrival> all = new ArrayList<>();
    for (int i = 0; i < arrivals.size();) {
      long at = arrivals.get(i).atNanos();
      int end = i;
      while (end < arrivals.size() && arrivals.get(end).atNanos() == at) {
        end++;
      }
      long step = (end < arrivals.size() ? arrivals.get(end).atNanos() : lengthNanos) - at;
      for (int n = i; n < end; n++) {
        all.add(arrivals.get(n).at(at + step * (n - i) / (end - i)));
      }
      i = end;
    }
    return new Trace(all, lengthNanos);
  }

  /** The same traffic begun elsewhere: what came before that comes at the end. */
  public Trace rotated(long byNanos) {
    List<Arrival> all = new ArrayList<>(arrivals.stream().map(arrival -> arrival.at(Math.floorMod(arrival.atNanos() - byNanos, lengthNanos))).toList());
    all.sort(Comparator.comparingLong(Arrival::atNanos));
    return new Trace(all, lengthNanos);
  }

  /** The same requests in a shorter time. */
  public Trace faster(double times) {
    return new Trace(arrivals.stream().map(arrival -> arrival.at((long) (arrival.atNanos() / times))).toList(), (long) (lengthNanos / times));
  }

  /** What came from then on, and before then. */
  public Trace between(long fromNanos, long toNanos) {
    return new Trace(arrivals.stream().filter(arrival -> arrival.atNanos() >= fromNanos && arrival.atNanos() < toNanos)
        .map(arrival -> arrival.at(arrival.atNanos() - fromNanos)).toList(), toNanos - fromNanos);
  }
}
