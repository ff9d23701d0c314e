package io.tidegate.plugin;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.model.Cidr;
import io.tidegate.model.Findings;
import io.tidegate.net.EventLoops;
import io.tidegate.plugin.v1.DetectorServiceGrpc;
import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.plugin.v1.InspectResponse;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one plugin. Any thread. No retry (the one layer that retries is the line), no proxy, no name resolution; text is written only
 * after the connected address was found inside the plugin's networks.
 */
final class PluginChannel {
  /** Of one answer: room for the findings that are accepted. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;
  private static final long CLOSE_SECONDS = 1;

  private final PluginConfig config;
  private final ManagedChannel channel;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder asked = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final @Nullable CallCredentials addressCheck;

  PluginChannel(PluginConfig config, EventLoops loops) {
    this.config = config;
    Path socket = config.socket();
    boolean tcp = socket == null;
    SocketAddress address = socket == null ? Objects.requireNonNull(config.address()) : new DomainSocketAddress(socket.toFile());
    this.addressCheck = tcp ? new AddressCheck() : null;
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address).channelType(tcp ? loops.transport().client() : loops.transport().unixClient());
    if (!tcp) {
      // gRPC sets it for every kind of socket; one that has none would say so in a warning. Null takes it back.
      builder.withOption(ChannelOption.SO_KEEPALIVE, null);
    }
    this.channel = builder.eventLoopGroup(loops.group()).directExecutor().negotiationType(NegotiationType.PLAINTEXT).disableRetry().proxyDetector(target -> null)
        .overrideAuthority("plugin").maxInboundMessageSize(MAX_ANSWER_BYTES).build();
  }

  PluginConfig config() {
    return config;
  }

  GrpcDetectors.Counts counts() {
    return new GrpcDetectors.Counts(config.name(), asked.sum(), failed.sum());
  }

  /** Looks at the connected address before each call is written to its transport; a call outside the networks is not written. */
  private final class AddressCheck extends CallCredentials {
    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
      if (inside(request.getTransportAttrs())) {
        applier.apply(new Metadata());
      } else {
        applier.fail(Status.UNAVAILABLE.withDescription("address not allowed"));
      }
    }
  }

  private boolean inside(Attributes attributes) {
    if (!(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress peer) || peer.getAddress() == null) {
      return false;
    }
    byte[] address = peer.getAddress().getAddress();
    for (Cidr network : config.networks()) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Asks.
   *
   * @param question null if the text is too long for this plugin
   * @param to called exactly once, on any thread
   * @return cancels the call
   */
  Runnable ask(@Nullable InspectRequest question, Consumer<Findings> to) {
    asked.increment();
    if (question == null || inFlight.incrementAndGet() > config.maxInFlight()) {
      if (question != null) {
        inFlight.decrementAndGet();
      }
      failed.increment();
      to.accept(AnswerCheck.FAILED);
      return () -> { };
    }
    Call call = new Call(question, to);
    call.start();
    return call::cancel;
  }

  /** One question and its answer. Its listener's methods are called one after the other. */
  private final class Call extends ClientCall.Listener<InspectResponse> {
    private final InspectRequest question;
    private final Consumer<Findings> to;
    private final AtomicBoolean told = new AtomicBoolean();
    private final ClientCall<InspectRequest, InspectResponse> call;
    private @Nullable InspectResponse answer;
    private int answers;

    Call(InspectRequest question, Consumer<Findings> to) {
      this.question = question;
      this.to = to;
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(config.deadline().toNanos(), TimeUnit.NANOSECONDS);
      this.call = channel.newCall(DetectorServiceGrpc.getInspectMethod(), addressCheck == null ? options : options.withCallCredentials(addressCheck));
    }

    void start() {
      try {
        call.start(this, new Metadata());
        call.request(2);
        call.sendMessage(question);
        call.halfClose();
      } catch (RuntimeException defect) {
        call.cancel("not asked", null);
        end(AnswerCheck.FAILED);
      }
    }

    @Override
    public void onMessage(InspectResponse message) {
      answer = message;
      answers++;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      InspectResponse said = answer;
      end(status.isOk() && answers == 1 && said != null ? AnswerCheck.findings(config, question, said) : AnswerCheck.FAILED);
    }

    void cancel() {
      call.cancel("nobody waits any more", null);
    }

    private void end(Findings findings) {
      if (told.compareAndSet(false, true)) {
        inFlight.decrementAndGet();
        if (!findings.troubles().isEmpty()) {
          failed.increment();
        }
        to.accept(findings);
      }
    }
  }

  void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
