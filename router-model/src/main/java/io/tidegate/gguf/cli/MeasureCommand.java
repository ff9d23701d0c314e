package io.tidegate.gguf.cli;

import io.tidegate.gguf.bench.Machine;
import io.tidegate.gguf.bench.Meter;
import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.llama.LlamaWeights;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The process that {@link MeasuringProcess} talks to: a word a line in, a line out. */
@Command(name = "tidegate model measure", hidden = true)
final class MeasureCommand implements Callable<Integer> {
  @Parameters(index = "0")
  Path file = Path.of("");

  @Option(names = "--threads", required = true)
  int threads;

  @Option(names = "--prompt", required = true)
  int prompt;

  @Option(names = "--decode", required = true)
  int decode;

  @Override
  public Integer call() throws EngineFailure {
    try (LlamaWeights weights = LlamaWeights.load(file, "measured", threads)) {
      int[] text = weights.tokens(text(), true, false);
      int[] read = new int[prompt];
      Arrays.setAll(read, i -> text[i % text.length]);
      try (Meter meter = new Meter(weights, Math.max(prompt + decode, text.length) + 1, System::nanoTime)) {
        answer(weights.card().description() + "\t" + weights.card().parameters() + "\t" + weights.card().vocabulary() + "\t" + weights.card().fileBytes()
            + "\t" + LlamaWeights.build().replace('\t', ' '));
        answer(words(text));
        serve(meter, text, read);
        return Exit.GOOD;
      }
    } catch (IOException e) {
      answer("!" + e.getMessage());
      return Exit.BAD_CONFIGURATION;
    }
  }

  private void serve(Meter meter, int[] text, int[] read) throws IOException, EngineFailure {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String word;
    while ((word = in.readLine()) != null) {
      switch (word) {
        case "speed" -> {
          Meter.Speed speed = meter.speed(read, decode);
          answer(speed.prefill() + " " + speed.decode());
        }
        case "foresight" -> {
          Meter.Foresight foresight = meter.foresight(text);
          answer(Double.toString(foresight.perplexity()));
          answer(words(foresight.likeliest()));
        }
        default -> answer(Long.toString(Machine.peakBytes()));
      }
    }
  }

  private static String words(int[] numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static String text() throws IOException {
    try (InputStream in = Meter.class.getResourceAsStream("text.txt")) {
      return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
