package io.tidegate.gguf.cli;

import io.tidegate.gguf.bench.Machine;
import io.tidegate.gguf.bench.Measured;
import io.tidegate.gguf.bench.Report;
import io.tidegate.gguf.bench.Report.Estimate;
import io.tidegate.gguf.bench.Sample;
import io.tidegate.terminal.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Two files of one model, each in a process of its own, in turns. */
@Command(name = "tidegate model bench", mixinStandardHelpOptions = true,
    description = "Compares two GGUF files of one model: size, speed, memory, quality. Names the machine next to the figures.")
final class BenchCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "A.gguf", description = "One file.")
  Path a = Path.of("");

  @Parameters(index = "1", paramLabel = "B.gguf", description = "The other.")
  Path b = Path.of("");

  @Option(names = "--threads", defaultValue = "0", description = "Threads that compute; 0 for one per core.")
  int threads;

  @Option(names = "--repetitions", defaultValue = "5", description = "Measurements of each speed, after one that is not counted. Default: ${DEFAULT-VALUE}.")
  int repetitions;

  @Option(names = "--prompt", defaultValue = "256", description = "Tokens of the prompt. Default: ${DEFAULT-VALUE}.")
  int prompt;

  @Option(names = "--decode", defaultValue = "64", description = "Tokens of the answer. Default: ${DEFAULT-VALUE}.")
  int decode;

  @Option(names = "--estimate", paramLabel = "NAME=GB/s", description = "Adds an estimate, labelled so, for a machine of this memory bandwidth.")
  @Nullable String estimate;

  @Option(names = "--json", description = "For a machine to read.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    if (repetitions < 2 || repetitions > 100 || prompt < 8 || prompt > 4096 || decode < 8 || decode > 4096 || threads < 0) {
      System.err.println("tidegate model bench: --repetitions must be 2 to 100, --prompt and --decode 8 to 4096, --threads not negative");
      return Exit.USAGE;
    }
    Optional<Estimate> asked;
    try {
      asked = estimate == null ? Optional.empty() : Optional.of(estimate(estimate));
    } catch (IllegalArgumentException e) {
      System.err.println("tidegate model bench: --estimate must be a name and gigabytes a second, such as 'Raspberry Pi 4=4.0'");
      return Exit.USAGE;
    }
    int computing = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    try (MeasuringProcess first = new MeasuringProcess(a, computing, prompt, decode); MeasuringProcess second = new MeasuringProcess(b, computing, prompt, decode)) {
      return compare(first, second, computing, asked);
    } catch (MeasuringProcess.Failed e) {
      System.err.println("tidegate model bench: " + e.getMessage());
      return Exit.FOUND;
    }
  }

  private int compare(MeasuringProcess first, MeasuringProcess second, int computing, Optional<Estimate> asked) throws IOException {
    if (!Arrays.equals(first.textTokens(), second.textTokens()) || first.vocabulary() != second.vocabulary()) {
      System.err.println("tidegate model bench: the two files read a text as different tokens, so they are not of one model: their figures cannot be compared");
      return Exit.FOUND;
    }
    List<MeasuringProcess> both = List.of(first, second);
    List<List<Double>> prefill = List.of(new ArrayList<>(), new ArrayList<>());
    List<List<Double>> decoded = List.of(new ArrayList<>(), new ArrayList<>());
    int[] one;
    int[] other;
    try (Progress progress = Progress.onStandardError("measurements")) {
      long all = 2L * (repetitions + 1) + 2;
      long done = 0;
      for (int turn = -1; turn < repetitions; turn++) {
        for (int i = 0; i < 2; i++) {
          double[] speed = both.get((turn + i) & 1).speed();
          if (turn >= 0) {
            prefill.get((turn + i) & 1).add(speed[0]);
            decoded.get((turn + i) & 1).add(speed[1]);
          }
          progress.at(++done, all);
        }
      }
      one = first.foresight();
      progress.at(++done, all);
      other = second.foresight();
    }
    int same = 0;
    for (int i = 0; i < one.length; i++) {
      same += one[i] == other[i] ? 1 : 0;
    }
    List<Measured> measured = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      measured.add(both.get(i).measured(new Sample(prefill.get(i)), new Sample(decoded.get(i))));
    }
    Report report = new Report(Machine.here(computing, first.build()), measured.get(0), measured.get(1), prompt, decode, one.length,
        (double) same / one.length, asked);
    System.out.print(json ? new String(report.json(), StandardCharsets.UTF_8) + "\n" : report.text());
    return Exit.GOOD;
  }

  private static Estimate estimate(String text) {
    int at = text.lastIndexOf('=');
    if (at < 1) {
      throw new IllegalArgumentException("no name");
    }
    double gigabytes = Double.parseDouble(text.substring(at + 1));
    if (!(gigabytes > 0 && gigabytes < 10_000)) {
      throw new IllegalArgumentException("no bandwidth");
    }
    return new Estimate(text.substring(0, at), gigabytes * 1e9);
  }
}
