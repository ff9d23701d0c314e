package io.tidegate.bench;

import io.tidegate.classify.Classifier;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a scan costs with all packs on: ordinary texts of 1 and 4 KB by mean and percentile, hostile texts of 1 MB by the longest. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScanBench {
  /** Ordinary texts, repeated to their length. */
  @State(Scope.Thread)
  public static class Ordinary {
    @Param({"chat-1k", "chinese-1k", "code-1k", "chat-4k", "records-4k", "logs-4k", "disguised-4k", "arabic-4k"})
    private String text;

    private JsonText json;

    /** Makes the body. */
    @Setup
    public void prepare() throws JsonException {
      int size = text.endsWith("1k") ? 1_000 : 4_096;
      json = body(ScanTexts.ordinary(text.substring(0, text.indexOf('-'))), size);
    }
  }

  /** Hostile texts of 1 MB. */
  @State(Scope.Thread)
  public static class Hostile {
    @Param({"digits", "mail", "base64", "escapes", "labels", "diseases", "people", "names", "passwords", "spaced", "hexpairs", "hidden", "tokens", "grades", "json", "parts"})
    private String text;

    private JsonText json;

    /** Makes the body. */
    @Setup
    public void prepare() throws JsonException {
      json = ScanTexts.hostile(text, 1 << 20);
    }
  }

  private final Classifier classifier = new Classifier(Classifier.allDetectors());

  static JsonText body(String unit, int size) throws JsonException {
    StringBuilder text = new StringBuilder("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"");
    while (text.toString().getBytes(StandardCharsets.UTF_8).length < size) {
      text.append(unit);
    }
    return JsonText.parse(text.append("\"}]}").toString().getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  private Object scan(JsonText json) {
    Classifier.Scan scan = classifier.begin(json);
    while (!scan.run(Long.MAX_VALUE)) {
      // runs to its end in one piece
    }
    return scan.findings();
  }

  /** Mean. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public Object mean(Ordinary ordinary) {
    return scan(ordinary.json);
  }

  /** Percentiles. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Object percentiles(Ordinary ordinary) {
    return scan(ordinary.json);
  }

  /** One scan at a time. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Object hostile(Hostile hostile) {
    return scan(hostile.json);
  }
}
