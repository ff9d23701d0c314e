package io.tidegate.lab.e2e;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Questions at a fixed rate, each due at its time whatever becomes of those before; on a machine that cannot keep up the rate falls, so that there are
 * never more than {@link #MOST_UNDER_WAY} without an answer. Over kept HTTP/1.1 connections, over new ones, and over gRPC; half of
 * them streamed. Nothing is asked twice, but for what this process, having stood still, asked late on a connection, and the upstream did not hear. A question
 * is answered if its own answer came whole.
 */
final class SteadyLoad implements AutoCloseable {
  private static final int MOST_UNDER_WAY = 100;

  /** How a question is asked. */
  enum Way { KEPT, KEPT_STREAM, NEW, NEW_STREAM, GRPC, GRPC_STREAM }

  /** @param firstNanos when its answer began; {@code problem} empty if it came whole */
  record Asked(int number, Way way, long dueNanos, long firstNanos, String problem) {
    double millis() {
      return (firstNanos - dueNanos) / 1e6;
    }
  }

  private final StrictHttpClient http;
  private final CountingUpstream upstream;
  /** Null for HTTP only. */
  private final @Nullable ManagedChannel grpc;
  private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "load");
    thread.setDaemon(true);
    return thread;
  });
  private final Queue<Asked> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final Thread clock;
  private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
  private volatile boolean stop;

  SteadyLoad(int httpPort, int grpcPort, int perSecond, CountingUpstream upstream) {
    this(httpPort, grpcPort, perSecond, upstream, null, "");
  }

  /** @param grpcPort 0 for HTTP only; {@code key} empty for none */
  SteadyLoad(int httpPort, int grpcPort, int perSecond, CountingUpstream upstream, @Nullable SSLSocketFactory tls, String key) {
    this.upstream = upstream;
    this.http = new StrictHttpClient(httpPort, tls).withKey(key);
    this.grpc = grpcPort == 0 ? null : NettyChannelBuilder.forAddress("127.0.0.1", grpcPort).usePlaintext().disableRetry().executor(workers).build();
    this.clock = new Thread(() -> run(perSecond), "load-clock");
    clock.start();
  }

  private void run(int perSecond) {
    long begin = System.nanoTime();
    for (int number = 0; !stop; number++) {
      if (!room.tryAcquire()) {
        long full = System.nanoTime();
        room.acquireUninterruptibly();
        begin += System.nanoTime() - full;
      }
      long due = begin + number * 1_000_000_000L / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      int mine = number;
      begun.incrementAndGet();
      Way way = way(number);
      if (way == Way.GRPC || way == Way.GRPC_STREAM) {
        call(mine, way, due);
      } else {
        workers.execute(() -> ask(mine, way, due));
      }
    }
  }

  /** In ten: three kept, three kept and streamed, one new, one new and streamed, one gRPC, one gRPC streamed. */
  private Way way(int number) {
    int of = grpc == null ? number % 8 : number % 10;
    return of < 3 ? Way.KEPT : of < 6 ? Way.KEPT_STREAM : of == 6 ? Way.NEW : of == 7 ? Way.NEW_STREAM : of == 8 ? Way.GRPC : Way.GRPC_STREAM;
  }

  private void ask(int number, Way way, long due) {
    boolean stream = way == Way.KEPT_STREAM || way == Way.NEW_STREAM;
    try {
      StrictHttpClient.Answer answer = answer(number, TestBed.body("auto", "question-" + number + "-", stream), way == Way.KEPT || way == Way.KEPT_STREAM);
      String problem = answer.status() != 200 ? "status " + answer.status() + " " + answer.body()
          : !answer.body().contains("answer-" + number + "-") ? "another's answer"
          : stream && !answer.body().contains("[DONE]") ? "a stream without its end" : "";
      answered(new Asked(number, way, due, answer.firstNanos(), problem));
    } catch (IOException | RuntimeException lost) {
      answered(new Asked(number, way, due, System.nanoTime(), "lost: " + lost));
    }
  }

  private StrictHttpClient.Answer answer(int number, String question, boolean keep) throws IOException {
    try {
      return http.post("/v1/chat/completions", question, keep);
    } catch (StrictHttpClient.StoodStill late) {
      if (upstream.asked(number) > 0) {
        throw late;
      }
      return http.post("/v1/chat/completions", question, keep);
    }
  }

  private void call(int number, Way way, long due) {
    ChatRequest request = ChatRequest.newBuilder().setModel("auto").setTemperature(0)
        .addMessages(Message.newBuilder().setRole("user").setContent("question-" + number + "-")).build();
    RouterServiceGrpc.RouterServiceStub stub = RouterServiceGrpc.newStub(grpc).withDeadlineAfter(60, TimeUnit.SECONDS);
    if (way == Way.GRPC) {
      stub.chat(request, new Taking<ChatResponse>(number, way, due) {
        @Override
        String text(ChatResponse part) {
          return part.getChoices(0).getMessage().getContent();
        }
      });
    } else {
      stub.chatStream(request, new Taking<ChatStreamResponse>(number, way, due) {
        @Override
        String text(ChatStreamResponse part) {
          return part.getChoicesCount() == 0 ? "" : part.getChoices(0).getDelta().getContent();
        }
      });
    }
  }

  private void answered(Asked asked) {
    answers.add(asked);
    room.release();
  }

  /** The answer to one call. */
  private abstract class Taking<T> implements StreamObserver<T> {
    private final int number;
    private final Way way;
    private final long due;
    private final StringBuilder said = new StringBuilder();
    private long first;

    Taking(int number, Way way, long due) {
      this.number = number;
      this.way = way;
      this.due = due;
    }

    abstract String text(T part);

    @Override
    public void onNext(T part) {
      first = first == 0 ? System.nanoTime() : first;
      said.append(text(part));
    }

    @Override
    public void onError(Throwable failure) {
      answered(new Asked(number, way, due, System.nanoTime(), "lost: " + failure));
    }

    @Override
    public void onCompleted() {
      answered(new Asked(number, way, due, first, said.indexOf("answer-" + number + "-") < 0 ? "another's answer" : ""));
    }
  }

  int answered() {
    return answers.size();
  }

  /** Stops asking and waits until every question has its end. */
  List<Asked> end() throws InterruptedException {
    stop = true;
    clock.join();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (answers.size() < begun.get() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(5_000_000);
    }
    List<Asked> all = new ArrayList<>(answers);
    if (all.size() != begun.get()) {
      throw new IllegalStateException(begun.get() - all.size() + " questions have neither answer nor error");
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    stop = true;
    http.close();
    if (grpc != null) {
      grpc.shutdownNow();
    }
    workers.shutdownNow();
  }
}
