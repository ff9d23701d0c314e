package io.tidegate.lab.e2e;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.tidegate.v1.CacheOutcome;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.v1.RouterServiceGrpc.RouterServiceBlockingStub;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** gRPC on a channel that several workers and all tenants share; a caller who leaves cancels its call. Any thread. */
final class GrpcAsker implements Asker {
  private final ManagedChannel channel;

  GrpcAsker(ManagedChannel channel) {
    this.channel = channel;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public Outcome ask(String key, Question question) {
    Metadata headers = new Metadata();
    headers.put(key("authorization"), "Bearer " + key);
    if (!question.wish().isEmpty()) {
      headers.put(key("x-tidegate-latency-class"), question.wish());
    }
    if (!question.declared().isEmpty()) {
      headers.put(key("x-tidegate-sensitivity"), question.declared());
    }
    RouterServiceBlockingStub stub = RouterServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(30, TimeUnit.SECONDS);
    ChatRequest request = ChatRequest.newBuilder().setModel("auto").setTemperature(0)
        .addMessages(Message.newBuilder().setRole("user").setContent(question.prompt())).build();
    try {
      return question.stream() ? stream(stub, request, question.leaveAfter()) : unary(stub, request, question.leaveAfter());
    } catch (StatusRuntimeException e) {
      Status.Code code = e.getStatus().getCode();
      return Outcome.of(code == Status.Code.CANCELLED ? Kind.LEFT : code == Status.Code.UNAVAILABLE && e.getTrailers() == null ? Kind.LOST : Kind.REFUSED);
    }
  }

  private static Outcome unary(RouterServiceBlockingStub stub, ChatRequest request, int leaveAfter) {
    if (leaveAfter >= 0) {
      // Within the call's life, which is about a millisecond.
      ChatResponse[] none = new ChatResponse[1];
      Context.CancellableContext context = Context.current().withCancellation();
      CompletableFuture.delayedExecutor(leaveAfter * 20L, TimeUnit.MICROSECONDS).execute(() -> context.cancel(null));
      try {
        context.run(() -> none[0] = stub.chat(request));
      } finally {
        context.cancel(null);
      }
      return answered(none[0]);
    }
    return answered(stub.chat(request));
  }

  private static Outcome answered(ChatResponse answer) {
    return new Outcome(Kind.ANSWERED, answer.getChoices(0).getMessage().getContent(), word(answer.getRoute().getCache()));
  }

  private static Outcome stream(RouterServiceBlockingStub stub, ChatRequest request, int leaveAfter) {
    Context.CancellableContext context = Context.current().withCancellation();
    StringBuilder text = new StringBuilder();
    String[] cache = {""};
    boolean[] left = {false};
    try {
      context.run(() -> {
        Iterator<ChatStreamResponse> events = stub.chatStream(request);
        int seen = 0;
        while (events.hasNext()) {
          ChatStreamResponse event = events.next();
          if (event.hasRoute()) {
            cache[0] = word(event.getRoute().getCache());
          }
          event.getChoicesList().forEach(choice -> text.append(choice.getDelta().getContent()));
          if (leaveAfter >= 0 && seen++ >= leaveAfter / 20) {
            left[0] = true;
            return;
          }
        }
      });
    } finally {
      context.cancel(null);
    }
    return left[0] ? Outcome.of(Kind.LEFT) : new Outcome(Kind.ANSWERED, text.toString(), cache[0]);
  }

  private static String word(CacheOutcome outcome) {
    return outcome.name().substring("CACHE_OUTCOME_".length()).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
