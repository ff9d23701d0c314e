package io.tidegate.cli;

import io.tidegate.forecast.Score;
import io.tidegate.forecast.Trace;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How well the daemon's forecaster would have done on a recorded series. */
@Command(name = "tidegate forecast score",
    description = {"How well the load half an hour ahead would have been forecast, by rolling origin: each forecast is made from what was there before it.",
        "Exit code 1 if the forecast does not beat persistence, which says that the load stays as it is."})
final class ForecastCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 64 << 20;
  private static final int WARM_UP_DAYS = 7;

  @Option(names = "--trace", paramLabel = "FILE", required = true,
      description = "CSV with the columns t_s,rate_rps: windows of 60, 120, 200, 300 or 600 seconds.")
  Path trace = Path.of("");

  @Option(names = "--from", paramLabel = "DURATION",
      description = "The series is scored from here on, such as 12h or 7d; what is earlier is learnt from. Default: seven days, or half of a shorter series.")
  @Nullable String from;

  @Option(names = "--zeros", description = "A rate of 0 is a quiet window. Without it, it is one that is missing.")
  boolean zeros;

  @Option(names = "--json", description = "For a machine to read.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;

  ForecastCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Trace series;
    try {
      if (Files.size(trace) > MOST_BYTES) {
        terminal.err().println(trace + ": is larger than 64 MiB");
        return Exit.USAGE;
      }
      series = Trace.parse(Files.readAllLines(trace, StandardCharsets.UTF_8), !zeros);
    } catch (IOException unreadable) {
      terminal.err().println(trace + ": cannot be read (" + unreadable.getClass().getSimpleName() + ")");
      return Exit.USAGE;
    } catch (IllegalArgumentException malformed) {
      terminal.err().println(trace + ": " + malformed.getMessage() + ". Fix: a line t_s,rate_rps, then a time in seconds and a rate for each window");
      return Exit.USAGE;
    }
    int windows = series.values().length;
    int start = Math.min(WARM_UP_DAYS * series.grid().perDay(), windows / 2);
    if (from != null) {
      try {
        start = (int) Math.min(windows, AuditExportCommand.duration(from).toSeconds() / series.grid().stepSeconds());
      } catch (DateTimeException noDuration) {
        terminal.err().println("--from: a number with s, m, h or d");
        return Exit.USAGE;
      }
    }
    Score score = Score.of(series, start, windows);
    if (score.scored() == 0) {
      terminal.err().println(trace + ": no window is left to score. Fix: a longer series, or an earlier --from" + (zeros ? "" : "; or --zeros, if a rate of 0 is a quiet window"));
      return Exit.USAGE;
    }
    if (Double.isNaN(score.wape())) {
      terminal.err().println(trace + ": every window that is scored is quiet, so there is no load to forecast. Fix: a series with requests");
      return Exit.USAGE;
    }
    terminal.out().println(json ? machine(series, start, score) : eyes(series, start, score));
    return score.wape() < score.persistenceWape() && score.scaledPinball() < score.persistencePinball() ? Exit.GOOD : Exit.FOUND;
  }

  private static String eyes(Trace series, int start, Score score) {
    int step = series.grid().stepSeconds();
    return String.format(Locale.ROOT, """
        %d forecasts, %d min ahead, windows of %d s, from %.1f h on
                                        forecast  persistence
        error / load (WAPE)             %8.4f     %8.4f   (%.3f of it)
        pinball at 0.9, scaled point    %8.4f     %8.4f   (%.3f of it)
        pinball at 0.9, own quantile    %8.4f
        above the quantile              %7.1f %%
        unserved at %.2f x mean load    %7.2f %%    %7.2f %%""", score.scored(), series.grid().ahead() * step / 60, step, start * (double) step / 3600, score.wape(),
        score.persistenceWape(), score.ratio(), score.scaledPinball(), score.persistencePinball(), score.pinballRatio(), score.pinball(),
        100 * score.exceeded(), Score.CAPACITY, 100 * score.unserved(), 100 * score.reactiveUnserved());
  }

  private static String machine(Trace series, int start, Score score) {
    JsonWriter out = new JsonWriter().beginObject().key("scored").number(score.scored()).key("window_seconds").number(series.grid().stepSeconds())
        .key("from_seconds").number((long) start * series.grid().stepSeconds());
    number(out, "wape", score.wape());
    number(out, "persistence_wape", score.persistenceWape());
    number(out, "ratio", score.ratio());
    number(out, "scaled_pinball", score.scaledPinball());
    number(out, "persistence_scaled_pinball", score.persistencePinball());
    number(out, "pinball", score.pinball());
    number(out, "exceeded", score.exceeded());
    number(out, "unserved", score.unserved());
    number(out, "reactive_unserved", score.reactiveUnserved());
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static void number(JsonWriter out, String key, double value) {
    if (Double.isFinite(value)) {
      out.key(key).number(value);
    } else {
      out.key(key).nullValue();
    }
  }
}
