package io.tidegate.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Cidr;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import io.tidegate.plugin.v1.DetectorServiceGrpc;
import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.plugin.v1.InspectResponse;
import io.tidegate.plugin.v1.Text;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Plugins that behave, and those that do not: over real sockets. */
class GrpcDetectorsTest {
  private static final String BODY = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"the plan of \\u0048elios\"}]}";
  private static final Duration LONG = Duration.ofSeconds(20);

  private final EventLoops loops = new EventLoops(Transport.best(), 2);
  private final Loop loop = loops.of((io.netty.channel.EventLoop) loops.group().iterator().next());
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final List<InspectRequest> seen = Collections.synchronizedList(new ArrayList<>());

  @TempDir
  private Path folder;
  private SocketAddress socket;

  @BeforeEach
  void place() {
    socket = new DomainSocketAddress(folder.resolve("p.sock").toFile());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
    loops.close();
  }

  private void serve(SocketAddress at, BiConsumer<InspectRequest, StreamObserver<InspectResponse>> does) throws IOException {
    boolean tcp = at instanceof InetSocketAddress;
    NettyServerBuilder builder = NettyServerBuilder.forAddress(at);
    if (!tcp) {
      builder.withChildOption(ChannelOption.SO_KEEPALIVE, null);
    }
    Server server = builder.bossEventLoopGroup(loops.group()).workerEventLoopGroup(loops.group())
        .channelType(tcp ? loops.transport().server() : loops.transport().unixServer()).directExecutor()
        .addService(new DetectorServiceGrpc.DetectorServiceImplBase() {
          @Override
          public void inspect(InspectRequest request, StreamObserver<InspectResponse> to) {
            seen.add(request);
            does.accept(request, to);
          }
        }).build().start();
    if (tcp) {
      socket = server.getListenSockets().get(0);
    }
    toClose.add(server::shutdownNow);
  }

  private void serve(BiConsumer<InspectRequest, StreamObserver<InspectResponse>> does) throws IOException {
    serve(socket, does);
  }

  private static void say(StreamObserver<InspectResponse> to, InspectResponse answer) {
    to.onNext(answer);
    to.onCompleted();
  }

  private static InspectResponse finding(String type, int place, int start, int end, int likelihood) {
    return InspectResponse.newBuilder().addFindings(io.tidegate.plugin.v1.Finding.newBuilder().setType(type).setPlace(place).setStart(start).setEnd(end)
        .setLikelihoodValue(likelihood)).build();
  }

  private PluginConfig config(String name, Duration deadline) {
    return new PluginConfig(name, socket instanceof DomainSocketAddress unix ? Path.of(unix.path()) : null, socket instanceof InetSocketAddress inet ? inet : null,
        List.of(Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8")), Set.of("PROJECT"), deadline, 4, 1000);
  }

  private GrpcDetectors detectors(PluginConfig... configs) {
    GrpcDetectors detectors = new GrpcDetectors(List.of(configs), loops);
    toClose.add(0, detectors);
    return detectors;
  }

  private static ModelRequest request(String body) {
    try {
      return new ModelRequest("r1", Operation.CHAT, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)), "auto", false, false,
          true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private CompletableFuture<Findings> begin(GrpcDetectors detectors, String body) {
    CompletableFuture<Findings> answer = new CompletableFuture<>();
    loop.execute(() -> detectors.ask(request(body), loop, found -> {
      assertThat(loop.inLoop()).isTrue();
      assertThat(answer.complete(found)).as("told once").isTrue();
    }));
    return answer;
  }

  private Findings ask(GrpcDetectors detectors) throws Exception {
    return begin(detectors, BODY).get(30, TimeUnit.SECONDS);
  }

  private static int place(InspectRequest request, String text) {
    return request.getTextsList().stream().filter(each -> each.getText().equals(text)).findFirst().map(Text::getPlace).orElseThrow();
  }

  @Test
  @DisplayName("A9 a plugin sees every string, keys too, unescaped, and its findings carry place, likelihood and its name")
  void findings() throws Exception {
    serve((request, to) -> say(to, finding("PROJECT", place(request, "the plan of Helios"), 12, 18, 4)));
    GrpcDetectors detectors = detectors(config("names", LONG));
    Findings found = ask(detectors);
    int content = place(seen.get(0), "the plan of Helios");
    assertThat(found).isEqualTo(new Findings(List.of(new Finding("PROJECT", content, 12, 18, Likelihood.LIKELY, "plugin-names")), Set.of()));
    assertThat(seen.get(0).getTextsList()).extracting(Text::getText)
        .containsExactly("model", "auto", "messages", "role", "user", "content", "the plan of Helios");
    assertThat(detectors.of("names")).isEqualTo(new GrpcDetectors.Counts("names", 1, 0));
  }

  @Test
  @DisplayName("a plugin is asked without a warning, over a Unix socket and over TCP: no option is set that its socket does not have")
  void nothingToWarnOf() throws Exception {
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger netty = (Logger) LoggerFactory.getLogger("io.netty.bootstrap");
    netty.addAppender(said);
    try {
      serve((request, to) -> say(to, finding("PROJECT", place(request, "the plan of Helios"), 12, 18, 4)));
      assertThat(ask(detectors(config("unix", LONG))).list()).hasSize(1);
      socket = new InetSocketAddress("127.0.0.1", 0);
      serve((request, to) -> say(to, finding("PROJECT", place(request, "the plan of Helios"), 12, 18, 4)));
      assertThat(ask(detectors(config("tcp", LONG))).list()).hasSize(1);
    } finally {
      netty.detachAppender(said);
    }
    assertThat(said.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  @Test
  @DisplayName("two plugins are joined; one that fails spoils the whole, and takes nothing from the other's findings")
  void joined() throws Exception {
    serve((request, to) -> say(to, finding("PROJECT", place(request, "the plan of Helios"), 0, 1, 5)));
    PluginConfig good = config("good", LONG);
    PluginConfig gone = new PluginConfig("gone", folder.resolve("nobody.sock"), null, List.of(), Set.of("X"), LONG, 4, 1000);
    Findings found = ask(detectors(good, gone));
    assertThat(found.list()).extracting(Finding::detector).containsExactly("plugin-good");
    assertThat(found.troubles()).containsExactly(Trouble.DETECTOR_FAILED);
  }

  @ParameterizedTest(name = "{0}, {1}, {2}..{3}, likelihood {4}")
  @DisplayName("G2 nonsense is not believed in any part: RESTRICTED")
  @CsvSource({"OTHER,7,0,1,4", "project,7,0,1,4", "PROJECT,999,0,1,4", "PROJECT,-1,0,0,4", "PROJECT,7,-1,1,4", "PROJECT,7,5,4,4", "PROJECT,7,0,19,4",
      "PROJECT,7,0,1,0", "PROJECT,7,0,1,6", "PROJECT,7,0,1,-1", "PROJECT,0,0,1,4"})
  void nonsense(String type, int place, int start, int end, int likelihood) throws Exception {
    serve((request, to) -> {
      int content = place(request, "the plan of Helios");
      say(to, finding("PROJECT", content, 0, 1, 5).toBuilder().addAllFindings(
          finding(type, place == 7 ? content : place, start, end, likelihood).getFindingsList()).build());
    });
    assertThat(ask(detectors(config("p", LONG)))).isEqualTo(AnswerCheck.FAILED);
  }

  @Test
  @DisplayName("G8 more findings than a scan may have are a failure, not a truncation")
  void tooMany() throws Exception {
    serve((request, to) -> say(to, InspectResponse.newBuilder().addAllFindings(IntStream.range(0, 10_001)
        .mapToObj(i -> finding("PROJECT", place(request, "auto"), 0, 1, 3).getFindings(0)).toList()).build()));
    assertThat(ask(detectors(config("p", LONG)))).isEqualTo(AnswerCheck.FAILED);
  }

  @Test
  @DisplayName("G2 an error, no answer and a late answer are failures")
  void failures() throws Exception {
    serve((request, to) -> to.onError(Status.INTERNAL.asException()));
    assertThat(ask(detectors(config("p", LONG)))).isEqualTo(AnswerCheck.FAILED);
  }

  @Test
  @DisplayName("G2 a plugin that says nothing is given up at its deadline")
  void late() throws Exception {
    serve((request, to) -> { });
    GrpcDetectors detectors = detectors(config("p", Duration.ofMillis(50)));
    assertThat(ask(detectors)).isEqualTo(AnswerCheck.FAILED);
    assertThat(detectors.of("p").failed()).isEqualTo(1);
  }

  @Test
  @DisplayName("G2 a stream that ends without a message is a failure")
  void empty() throws Exception {
    serve((request, to) -> to.onCompleted());
    assertThat(ask(detectors(config("p", LONG)))).isEqualTo(AnswerCheck.FAILED);
  }

  @Test
  @DisplayName("G8 past maxInFlight a request is not asked about: RESTRICTED at once; an answer makes room again")
  void inFlight() throws Exception {
    CountDownLatch fourAsked = new CountDownLatch(4);
    List<StreamObserver<InspectResponse>> waiting = Collections.synchronizedList(new ArrayList<>());
    serve((request, to) -> {
      waiting.add(to);
      fourAsked.countDown();
    });
    GrpcDetectors detectors = detectors(config("p", LONG));
    List<CompletableFuture<Findings>> four = IntStream.range(0, 4).mapToObj(i -> begin(detectors, BODY)).toList();
    assertThat(fourAsked.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ask(detectors)).isEqualTo(AnswerCheck.FAILED);
    assertThat(seen).hasSize(4);
    waiting.forEach(to -> say(to, InspectResponse.getDefaultInstance()));
    for (CompletableFuture<Findings> each : four) {
      assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(Findings.NONE);
    }
    CompletableFuture<Findings> next = begin(detectors, BODY);
    while (waiting.size() < 5 && !next.isDone()) {
      Thread.onSpinWait();
    }
    say(waiting.get(4), InspectResponse.getDefaultInstance());
    assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(Findings.NONE);
  }

  @Test
  @DisplayName("G8 a request longer than maxText is not sent, and not believed clean")
  void tooLong() throws Exception {
    serve((request, to) -> say(to, InspectResponse.getDefaultInstance()));
    String body = "{\"prompt\":\"" + "a".repeat(1000) + "\"}";
    assertThat(begin(detectors(config("p", LONG)), body).get(20, TimeUnit.SECONDS)).isEqualTo(AnswerCheck.FAILED);
    assertThat(seen).isEmpty();
  }

  @Test
  @DisplayName("A14 A15 no text is written where the connected address is outside the plugin's networks")
  void strangeAddress() throws Exception {
    serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), (request, to) -> say(to, InspectResponse.getDefaultInstance()));
    PluginConfig inside = config("in", LONG);
    assertThat(ask(detectors(inside))).isEqualTo(Findings.NONE);
    assertThat(seen).hasSize(1);
    PluginConfig outside = new PluginConfig("out", null, (InetSocketAddress) socket, List.of(Cidr.of(new byte[] {10, 0, 0, 0}, 8, "10.0.0.0/8")), Set.of("PROJECT"), LONG, 4, 1000);
    GrpcDetectors detectors = detectors(outside);
    assertThat(ask(detectors)).isEqualTo(AnswerCheck.FAILED);
    assertThat(ask(detectors)).isEqualTo(AnswerCheck.FAILED);
    assertThat(seen).hasSize(1);
  }

  @Test
  @DisplayName("E9 a question nobody waits for is cancelled, and nobody is told")
  void cancel() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    serve((request, to) -> {
      ((io.grpc.stub.ServerCallStreamObserver<InspectResponse>) to).setOnCancelHandler(cancelled::countDown);
      asked.countDown();
    });
    GrpcDetectors detectors = detectors(config("p", LONG));
    CompletableFuture<io.tidegate.line.ExternalDetectors.Question> question = new CompletableFuture<>();
    List<Findings> told = Collections.synchronizedList(new ArrayList<>());
    loop.execute(() -> question.complete(detectors.ask(request(BODY), loop, told::add)));
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    loop.execute(() -> question.join().cancel());
    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    CountDownLatch turn = new CountDownLatch(1);
    loop.execute(turn::countDown);
    assertThat(turn.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(told).isEmpty();
  }
}
