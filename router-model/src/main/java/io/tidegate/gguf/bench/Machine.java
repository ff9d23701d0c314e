package io.tidegate.gguf.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where it was measured.
 *
 * @param build which llama.cpp, and with which of the machine's instructions
 */
public record Machine(String cpu, int cores, long memoryBytes, String system, int threads, String build) {
  /** This one. */
  public static Machine here(int threads, String build) {
    List<String> cpu = lines("/proc/cpuinfo");
    String model = cpu.stream().filter(line -> line.startsWith("model name") || line.startsWith("Model")).findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown CPU");
    long memory = lines("/proc/meminfo").stream().filter(line -> line.startsWith("MemTotal:")).findFirst()
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).orElse(0L);
    return new Machine(model, Runtime.getRuntime().availableProcessors(), memory,
        System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"), threads, build);
  }

  /** Most memory this process ever had. */
  public static long peakBytes() {
    return lines("/proc/self/status").stream().filter(line -> line.startsWith("VmHWM:")).findFirst()
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).orElse(0L);
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException notHere) {
      return List.of();
    }
  }

  /** One line. */
  public String line() {
    return String.format(Locale.ROOT, "%s, %d cores, %.1f GiB memory, %s; %d threads; %s", cpu, cores, memoryBytes / (double) (1 << 30), system, threads, build);
  }
}
