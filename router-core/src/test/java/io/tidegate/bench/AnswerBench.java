package io.tidegate.bench;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Operation;
import io.tidegate.upstream.dialect.AnswerReader;
import io.tidegate.upstream.dialect.AnswerShape;
import io.tidegate.upstream.dialect.StreamReader;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the reading of an upstream's answer costs: a whole one of 1.5 KB, and one SSE event of 250 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class AnswerBench {
  private static final byte[] ANSWER = ("{\"id\":\"b7d9e2a0\",\"object\":\"chat.completion\",\"created\":1790000000,\"model\":\"deepseek-chat\",\"choices\":[{\"index\":0,"
      + "\"message\":{\"role\":\"assistant\",\"content\":\"" + "x".repeat(1200) + "\"},\"finish_reason\":\"stop\"}],"
      + "\"usage\":{\"prompt_tokens\":240,\"completion_tokens\":100,\"total_tokens\":340}}").getBytes(StandardCharsets.UTF_8);
  private static final byte[] FIRST = event("\"role\":\"assistant\",");
  private static final byte[] NEXT = event("");

  private final Sunk sunk = new Sunk();
  private AnswerShape shape;
  private StreamReader relayed;

  private static byte[] event(String role) {
    return ("data: {\"id\":\"b7d9e2a0-stub\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"deepseek-chat\",\"choices\":[{\"index\":0,"
        + "\"delta\":{" + role + "\"content\":\"" + "x".repeat(70) + "\"},\"finish_reason\":null}]}\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A stream whose first two events are read: the rest look like the second. */
  @Setup
  public void open() throws JsonException {
    shape = AnswerShape.of(Operation.CHAT, JsonText.parse(Bodies.of("chat1k"), JsonLimits.DEFAULT), false);
    relayed = new StreamReader(shape, sunk);
    relayed.feed(FIRST, 0, FIRST.length);
    relayed.feed(NEXT, 0, NEXT.length);
  }

  /** Proving a whole answer complete. */
  @Benchmark
  public Object answer() {
    return AnswerReader.read(shape, "application/json", ANSWER.clone());
  }

  /** One more event like the one before. */
  @Benchmark
  public long event() {
    relayed.feed(NEXT, 0, NEXT.length);
    return sunk.bytes;
  }

  /** An event that has to be parsed. */
  @Benchmark
  public long eventParsed() {
    relayed.feed(FIRST, 0, FIRST.length);
    return sunk.bytes;
  }

  private static final class Sunk implements StreamReader.Output {
    private long bytes;

    @Override
    public void frames(byte[] buffer, int offset, int length, boolean content, boolean same) {
      bytes += length;
    }

    @Override
    public void ended(Usage usage) {}

    @Override
    public void failed(AttemptFailure failure) {
      throw new IllegalStateException(failure.kind().name());
    }
  }
}
