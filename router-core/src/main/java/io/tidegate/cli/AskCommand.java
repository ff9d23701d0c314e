package io.tidegate.cli;

import com.google.rpc.ErrorInfo;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.v1.ChatDelta;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.ClassifyRequest;
import io.tidegate.v1.ClassifyResponse;
import io.tidegate.v1.Destination;
import io.tidegate.v1.Finding;
import io.tidegate.v1.Hints;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouteInfo;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.v1.RouterServiceGrpc.RouterServiceBlockingStub;
import io.tidegate.v1.Sensitivity;
import java.io.FileNotFoundException;
import java.io.PrintStream;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A small gRPC client: asks a running daemon one question and shows how the answer came about. */
@Command(name = "tidegate ask", description = "Asks a running daemon over gRPC and shows the route of the answer.")
final class AskCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TEXT", description = "The user's message.")
  private String text = "";

  @Option(names = "--grpc", paramLabel = "ADDRESS", description = "The daemon's gRPC listener, such as 127.0.0.1:7401 or unix:/run/tidegate/grpc.sock. "
      + "Default: grpc.listen of the configuration.")
  private @Nullable String address;

  @Option(names = "--model", paramLabel = "NAME", description = "Default ${DEFAULT-VALUE}.", defaultValue = "auto")
  private String model = "auto";

  @Option(names = "--stream", description = "Print the answer as it comes.")
  private boolean stream;

  @Option(names = "--classify", description = "Decide only; nothing is sent to any model.")
  private boolean classify;

  @Option(names = "--sensitivity", paramLabel = "LEVEL", description = "Raise the request's sensitivity: ${COMPLETION-CANDIDATES}.")
  private io.tidegate.model.@Nullable Sensitivity sensitivity;

  @Option(names = "--key-env", paramLabel = "VARIABLE", description = "Environment variable that holds this caller's key.")
  private @Nullable String keyVariable;

  @Option(names = "--seconds", paramLabel = "SECONDS", description = "Deadline; default ${DEFAULT-VALUE}.", defaultValue = "60")
  private int seconds = 60;

  @Option(names = "--json", description = "Prints one JSON object: the answer or the refusal, the findings, the route.")
  private boolean json;

  @Mixin private ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  AskCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (seconds < 1) {
      terminal.err().println("--seconds: a number of at least 1");
      return Exit.USAGE;
    }
    if (keyVariable != null && environment.variables().getOrDefault(keyVariable, "").isEmpty()) {
      terminal.err().println("--key-env: there is no variable " + keyVariable + ". Fix: export it, or name another");
      return Exit.USAGE;
    }
    if (address != null) {
      return ask(address);
    }
    TidegateConfig config = options.load(environment, terminal).orElse(null);
    if (config == null) {
      return Exit.BAD_CONFIGURATION;
    }
    if (config.grpc().tls() != null) {
      terminal.err().println("grpc.listen speaks TLS, and this small client does not. Fix: --grpc with a listener without TLS, or a client of your own");
      return Exit.USAGE;
    }
    return ask(config.grpc().listen().toString());
  }

  private int ask(String at) throws InterruptedException {
    JsonLogging.quiet();
    ManagedChannel channel;
    try {
      channel = Grpc.newChannelBuilder(at, InsecureChannelCredentials.create()).disableRetry().build();
    } catch (IllegalArgumentException malformed) {
      terminal.err().println("--grpc: this is not an address. Fix: write for example 127.0.0.1:7401 or unix:/run/tidegate/grpc.sock");
      return Exit.USAGE;
    }
    try {
      RouterServiceBlockingStub stub = RouterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(seconds, TimeUnit.SECONDS);
      String key = keyVariable == null ? null : environment.variables().get(keyVariable);
      if (key != null) {
        stub = stub.withCallCredentials(new Bearer(key));
      }
      ask(stub);
      return Exit.GOOD;
    } catch (StatusRuntimeException refused) {
      explain(refused, at);
      return Exit.FOUND;
    } finally {
      channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
    }
  }

  private void ask(RouterServiceBlockingStub stub) {
    ChatRequest.Builder request = ChatRequest.newBuilder().setModel(model).setTemperature(0)
        .addMessages(Message.newBuilder().setRole("user").setContent(text));
    if (sensitivity != null) {
      request.setHints(Hints.newBuilder().setSensitivity(Sensitivity.valueOf("SENSITIVITY_" + sensitivity)));
    }
    PrintStream out = terminal.out();
    if (json) {
      terminal.json(classify ? AskJson.of(stub.classify(ClassifyRequest.newBuilder().setChat(request).build())) : AskJson.of(stub.chat(request.build())));
    } else if (classify) {
      ClassifyResponse said = stub.classify(ClassifyRequest.newBuilder().setChat(request).build());
      for (Finding finding : said.getFindingsList()) {
        out.println("finding  " + finding.getType() + " " + finding.getLikelihood() + " (" + finding.getDetector() + ")");
      }
      show(said.getRoute());
    } else if (stream) {
      Iterator<ChatStreamResponse> pieces = stub.chatStream(request.build());
      RouteInfo route = RouteInfo.getDefaultInstance();
      while (pieces.hasNext()) {
        ChatStreamResponse piece = pieces.next();
        route = piece.hasRoute() ? piece.getRoute() : route;
        for (ChatDelta delta : piece.getChoicesList()) {
          out.print(delta.getDelta().getContent());
          out.flush();
        }
      }
      out.println();
      show(route);
    } else {
      ChatResponse answer = stub.chat(request.build());
      out.println(answer.getChoices(0).getMessage().getContent());
      show(answer.getRoute());
    }
  }

  private void show(RouteInfo route) {
    terminal.out().println("route    " + word(route.getSensitivity()) + " " + word(route.getLatencyClass()) + " -> " + (route.getDestination() == Destination.DESTINATION_UNSPECIFIED ? "nowhere" : word(route.getDestination()))
        + (route.getUpstream().isEmpty() ? "" : " (" + route.getUpstream() + ")") + ", cache " + word(route.getCache()) + ", rules "
        + (route.getRulesCount() == 0 ? "none" : String.join(",", route.getRulesList())));
  }

  /** {@code SENSITIVITY_INTERNAL} → {@code INTERNAL}. */
  static String word(Enum<?> value) {
    String name = value.name();
    for (String prefix : new String[] {"SENSITIVITY_", "LATENCY_CLASS_", "DESTINATION_", "CACHE_OUTCOME_"}) {
      if (name.startsWith(prefix)) {
        return name.substring(prefix.length());
      }
    }
    return name;
  }

  private void explain(StatusRuntimeException refused, String at) {
    Status status = refused.getStatus();
    String reason = "";
    com.google.rpc.Status detailed = StatusProto.fromThrowable(refused);
    if (detailed != null) {
      for (Any detail : detailed.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          try {
            reason = " " + detail.unpack(ErrorInfo.class).getReason();
          } catch (InvalidProtocolBufferException unreadable) {
            reason = " (with a detail that cannot be read)";
          }
        }
      }
    }
    boolean nobody = reason.isEmpty() && unreachable(status);
    boolean foreign = reason.isEmpty() && foreign(status);
    String why = nobody ? "no daemon answers at " + at + ". Fix: start it, or name its grpc.listen with --grpc, --config or --set"
        : foreign ? "what answers at " + at + " is no gRPC listener of a daemon. Fix: name its grpc.listen with --grpc, --config or --set" : String.valueOf(status.getDescription());
    if (json) {
      terminal.json(AskJson.refused(status.getCode().name(), reason.strip(), why));
      return;
    }
    terminal.err().println(nobody || foreign ? why : "refused  " + status.getCode() + reason + ": " + why);
  }

  /** Whether no connection came about: nobody said anything. */
  private static boolean unreachable(Status status) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketException || cause instanceof UnknownHostException || cause instanceof FileNotFoundException) {
        return true;
      }
    }
    return false;
  }

  /** Whether somebody spoke, but not gRPC: HTTP without it, or something else altogether. */
  private static boolean foreign(Status status) {
    String said = String.valueOf(status.getDescription());
    return said.startsWith("HTTP status code") || said.startsWith("http2 exception") || status.getCause() instanceof io.netty.handler.codec.http2.Http2Exception;
  }

  /** Puts the key in each call's metadata. */
  private static final class Bearer extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private final String key;

    Bearer(String key) {
      this.key = key;
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + key);
      applier.apply(headers);
    }
  }
}
