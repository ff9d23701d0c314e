package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.tidegate.fake.FakeLoop;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestIds;
import io.tidegate.ingress.RequestReader;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.model.Caller;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What HTTP/1 costs a request: its head, beside Netty's decoder (ADR 0002); its answer's head; and all of it with a 1 KB body. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class HttpBench {
  /** What the Python client sends, 330 bytes or so. */
  private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:7400\r\nAccept-Encoding: gzip, deflate\r\n"
      + "Connection: keep-alive\r\nAccept: application/json\r\nContent-Type: application/json\r\nUser-Agent: OpenAI/Python 2.8.0\r\n"
      + "x-stainless-read-timeout: 600\r\nAuthorization: Bearer sk-none\r\nContent-Length: 1024\r\n\r\n";

  private final HttpConfig config = HttpConfig.DEFAULT;
  private final LoopState state = new LoopState(new FakeLoop(), config, () -> Instant.EPOCH);
  private final HeadParser parser = new HeadParser(new RequestHead(new HostList(List.of()), false), config);
  private final HeadWriter writer = new HeadWriter(state);
  private final ByteBuf head = Unpooled.directBuffer().writeBytes(HEAD.getBytes(StandardCharsets.US_ASCII));
  private final ByteBuf request = Unpooled.directBuffer();
  private final ByteBuf answer = Unpooled.directBuffer().writeZero(1024);
  private final RouteInfo route = RecordingLine.route("0123456789abcdef01234567");
  private final RequestReader reader = new RequestReader(JsonLimits.DEFAULT);
  @SuppressWarnings("NullAway.Init")
  private JsonText json;
  @SuppressWarnings("NullAway.Init")
  private EmbeddedChannel ours;
  @SuppressWarnings("NullAway.Init")
  private EmbeddedChannel nettys;

  @Setup
  public void open() throws io.tidegate.wire.JsonException {
    String start = "{\"model\":\"auto\",\"messages\":[{\"role\":\"system\",\"content\":\"Answer briefly.\"},{\"role\":\"user\",\"content\":\"";
    String end = "\"}],\"temperature\":0.2,\"max_tokens\":64}";
    String body = start + "x".repeat(1024 - start.length() - end.length()) + end;
    json = JsonText.parse(body.getBytes(StandardCharsets.US_ASCII), JsonLimits.DEFAULT);
    request.writeBytes(head.duplicate()).writeBytes(body.getBytes(StandardCharsets.US_ASCII));
    Intake intake = new Intake(config, new Echo(), Callers.DEFAULT, new RequestIds(1, 2), null);
    ours = new EmbeddedChannel(new H1Connection(intake, state));
    nettys = new EmbeddedChannel(new HttpRequestDecoder(), new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(io.netty.channel.ChannelHandlerContext ctx, Object message) {
        io.netty.util.ReferenceCountUtil.release(message);
      }
    });
  }

  @TearDown
  public void shut() {
    ours.finishAndReleaseAll();
    nettys.finishAndReleaseAll();
  }

  /** Strict parse of the head, every check of D1 and D5 included. */
  @Benchmark
  public Object head() {
    parser.reset();
    return parser.feed(head.readerIndex(0), state.scratch);
  }

  /** Netty's decoder on head and body, without a validator. */
  @Benchmark
  public void nettyDecoder() {
    request.readerIndex(0);
    nettys.writeInbound(request.retain());
  }

  /** The fields routing needs, from a parsed body. */
  @Benchmark
  public Object readFields() {
    return reader.read(Operation.CHAT, json, RequestFacts.of(Caller.DEFAULT), "id", 0);
  }

  @Benchmark
  public void answerHead() {
    writer.complete(io.netty.buffer.ByteBufAllocator.DEFAULT, route.requestId(), route, answer.readerIndex(0).retain(),
        HeadWriter.Persistence.OPEN).release();
  }

  /** Request in, body read, answer out; the line answers at once. Includes the JSON parse and the embedded channel. */
  @Benchmark
  public void roundTrip() {
    request.readerIndex(0);
    ours.writeInbound(request.retain());
    ByteBuf out = ours.readOutbound();
    while (out != null) {
      out.release();
      out = ours.readOutbound();
    }
  }

  private final class Echo implements Line {
    @Override
    public Walk walk(ModelRequest asked, AnswerSink sink, Loop loop) {
      sink.complete(route, answer.readerIndex(0).retain());
      return new Walk() {
        @Override
        public void cancel() {}

        @Override
        public void writable() {}
      };
    }

    @Override
    public Walk batch(java.util.List<ModelRequest> batch, int parallel, io.tidegate.line.BatchSink sink, Loop loop) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void classify(ModelRequest asked, Loop loop, Classified done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] models() {
      return new byte[0];
    }
  }
}
