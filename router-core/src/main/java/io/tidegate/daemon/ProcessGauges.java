package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.tidegate.telemetry.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the kernel says of this process, under the names that Prometheus' own clients use. Read from /proc when somebody asks, never on a loop. */
final class ProcessGauges {
  private static final String RESIDENT = "VmRSS:";
  private static final long KIB = 1_024;
  private static final String OPEN_FILES = "Max open files";

  private final Path self;

  private ProcessGauges(Path self) {
    this.self = self;
  }

  static void register(MeterRegistry registry) {
    ProcessGauges process = new ProcessGauges(Path.of("/proc/self"));
    ProcessHandle.Info info = ProcessHandle.current().info();
    Instant start = info.startInstant().orElseGet(Instant::now);
    Gauge.builder(Names.PROCESS_RESIDENT, process::residentBytes).register(registry);
    Gauge.builder(Names.PROCESS_OPEN_FILES, process::openFiles).register(registry);
    Gauge.builder(Names.PROCESS_MAX_FILES, process::maxFiles).register(registry);
    Gauge.builder(Names.PROCESS_HEAP, () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()).register(registry);
    TimeGauge.builder(Names.PROCESS_START, start::getEpochSecond, TimeUnit.SECONDS).register(registry);
    FunctionCounter.builder(Names.PROCESS_CPU, ProcessHandle.current(), handle -> handle.info().totalCpuDuration().map(Duration::toMillis).orElse(0L) / 1_000.0)
        .baseUnit("seconds").register(registry);
  }

  /** NaN where /proc does not say. */
  double residentBytes() {
    try {
      return value("status", RESIDENT) * KIB;
    } catch (IOException | RuntimeException unknown) {
      return Double.NaN;
    }
  }

  /** The first number behind a key. */
  private double value(String file, String key) throws IOException {
    return Files.readAllLines(self.resolve(file)).stream().filter(line -> line.startsWith(key)).map(line -> line.substring(key.length()).trim().split("\\s+")[0])
        .mapToDouble(Double::parseDouble).findFirst().orElse(Double.NaN);
  }

  double openFiles() {
    try (Stream<Path> files = Files.list(self.resolve("fd"))) {
      return files.count();
    } catch (IOException | RuntimeException unknown) {
      return Double.NaN;
    }
  }

  double maxFiles() {
    try {
      return value("limits", OPEN_FILES);
    } catch (IOException | RuntimeException unknown) {
      return Double.NaN;
    }
  }
}
