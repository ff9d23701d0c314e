package io.tidegate.gguf.cli;

import io.tidegate.gguf.bench.Measured;
import io.tidegate.gguf.bench.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One file in a process of its own, so that its peak of memory is its own. One thread. */
final class MeasuringProcess implements AutoCloseable {
  private final Path file;
  private final Process process;
  private final BufferedReader out;
  private final OutputStream in;
  private final String[] told;
  private final int[] text;
  private double perplexity;

  /** The process could not do it; the message says why. */
  static final class Failed extends IOException {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  MeasuringProcess(Path file, int threads, int prompt, int decode) throws IOException {
    this.file = file;
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(option -> !option.startsWith("-agentlib")).forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), ModelMain.class.getName(), "measure", file.toString(), "--threads",
        Integer.toString(threads), "--prompt", Integer.toString(prompt), "--decode", Integer.toString(decode)));
    this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.in = process.getOutputStream();
    try {
      this.told = line().split("\t", 5);
      this.text = numbers(line());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private String line() throws IOException {
    String line = out.readLine();
    if (line == null || line.startsWith("!")) {
      throw new Failed(line == null ? "the process that measured " + file + " ended" : line.substring(1));
    }
    return line;
  }

  private String ask(String word) throws IOException {
    in.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
    return line();
  }

  int[] textTokens() {
    return text;
  }

  int vocabulary() {
    return Integer.parseInt(told[2]);
  }

  String build() {
    return told[4];
  }

  /** Tokens a second: read, and made. */
  double[] speed() throws IOException {
    return Arrays.stream(ask("speed").split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /** The token that is likeliest at each place of the text. */
  int[] foresight() throws IOException {
    perplexity = Double.parseDouble(ask("foresight"));
    return numbers(line());
  }

  /** After {@link #foresight}. */
  Measured measured(Sample prefill, Sample decode) throws IOException {
    return new Measured(String.valueOf(file.getFileName()), told[0], Long.parseLong(told[3]), Long.parseLong(told[1]), prefill, decode,
        Long.parseLong(ask("peak")), perplexity);
  }

  private static int[] numbers(String line) {
    return Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException gone) {
      // It ended by itself.
    }
    process.destroy();
  }
}
