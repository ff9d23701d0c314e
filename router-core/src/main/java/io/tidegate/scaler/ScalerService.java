package io.tidegate.scaler;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidegate.scaler.v1.ExternalScalerGrpc;
import io.tidegate.scaler.v1.GetMetricSpecResponse;
import io.tidegate.scaler.v1.GetMetricsRequest;
import io.tidegate.scaler.v1.GetMetricsResponse;
import io.tidegate.scaler.v1.IsActiveResponse;
import io.tidegate.scaler.v1.MetricSpec;
import io.tidegate.scaler.v1.MetricValue;
import io.tidegate.scaler.v1.ScaledObjectRef;
import io.tidegate.time.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Answers KEDA (R8.2). {@link #tick} tells those who hold a stream what changed. Any thread. */
public final class ScalerService extends ExternalScalerGrpc.ExternalScalerImplBase {
  /** Past it a stream is refused; KEDA holds one for each trigger. */
  static final int MOST_STREAMS = 256;

  private final Figures figures;
  private final Ticker ticker;
  /** By object and trigger; the one that was asked for longest ago goes first. */
  private final Map<Named, Steady> steady = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Named, Steady> eldest) {
      return size() > MOST_STREAMS;
    }
  };
  private final List<Held> held = new ArrayList<>();
  private boolean closed;

  public ScalerService(Figures figures, Ticker ticker) {
    this.figures = figures;
    this.ticker = ticker;
  }

  private record Named(String namespace, String name, Trigger trigger) {}

  /** A stream that is open, and what was said on it last. */
  private static final class Held {
    final Trigger trigger;
    final ServerCallStreamObserver<IsActiveResponse> to;
    boolean said;

    Held(Trigger trigger, ServerCallStreamObserver<IsActiveResponse> to) {
      this.trigger = trigger;
      this.to = to;
    }
  }

  @Override
  public void isActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
    answer(request, observer, trigger -> active(trigger.active(figures)));
  }

  @Override
  public void getMetricSpec(ScaledObjectRef request, StreamObserver<GetMetricSpecResponse> observer) {
    answer(request, observer, trigger -> GetMetricSpecResponse.newBuilder().addMetricSpecs(MetricSpec.newBuilder().setMetricName(trigger.metric().word())
        .setTargetSize(whole(trigger.target())).setTargetSizeFloat(trigger.target())).build());
  }

  /** KEDA strips {@code sN-} from the name it made of ours; whoever does not may leave it on. */
  @Override
  public void getMetrics(GetMetricsRequest request, StreamObserver<GetMetricsResponse> observer) {
    answer(request.getScaledObjectRef(), observer, trigger -> {
      String asked = request.getMetricName();
      String name = asked.matches("s[0-9]{1,4}-.*") ? asked.substring(asked.indexOf('-') + 1) : asked;
      ScaledMetric metric = ScaledMetric.named(name).orElseThrow(() -> new IllegalArgumentException("metricName must be one of: " + ScaledMetric.words()));
      double value = value(request.getScaledObjectRef(), trigger.asking(metric));
      return GetMetricsResponse.newBuilder().addMetricValues(MetricValue.newBuilder().setMetricName(asked).setMetricValue(whole(value))
          .setMetricValueFloat(value)).build();
    });
  }

  private double value(ScaledObjectRef about, Trigger trigger) {
    double value = trigger.value(figures);
    if (trigger.steady() == 0 || !figures.settled()) {
      return value;
    }
    synchronized (steady) {
      return steady.computeIfAbsent(new Named(about.getNamespace(), about.getName(), trigger), named -> new Steady(trigger.target(), trigger.steady()))
          .next(ticker.nanos(), value);
    }
  }

  @Override
  public void streamIsActive(ScaledObjectRef request, StreamObserver<IsActiveResponse> observer) {
    Trigger trigger;
    try {
      trigger = Trigger.of(request.getScalerMetadataMap());
    } catch (IllegalArgumentException malformed) {
      observer.onError(invalid(malformed));
      return;
    }
    ServerCallStreamObserver<IsActiveResponse> to = (ServerCallStreamObserver<IsActiveResponse>) observer;
    Held stream = new Held(trigger, to);
    to.setOnCancelHandler(() -> forget(stream));
    synchronized (this) {
      if (closed || held.size() >= MOST_STREAMS) {
        to.onError((closed ? Status.UNAVAILABLE.withDescription("stopping") : Status.RESOURCE_EXHAUSTED.withDescription("too many streams are held"))
            .asRuntimeException());
        return;
      }
      held.add(stream);
      say(stream, trigger.active(figures));
    }
  }

  /** Tells each held stream whose answer changed since it was last told. A peer that does not read is told the newest when it does. */
  public synchronized void tick() {
    for (Held stream : held) {
      boolean active = stream.trigger.active(figures);
      if (active != stream.said && stream.to.isReady()) {
        say(stream, active);
      }
    }
  }

  /** Ends the streams in good order; KEDA opens them again after two seconds, here or elsewhere. */
  public synchronized void close() {
    closed = true;
    for (Held stream : held) {
      if (!stream.to.isCancelled()) {
        stream.to.onCompleted();
      }
    }
    held.clear();
  }

  /** Streams that are held now. */
  public synchronized int streams() {
    return held.size();
  }

  private synchronized void forget(Held stream) {
    held.remove(stream);
  }

  private static void say(Held stream, boolean active) {
    if (!stream.to.isCancelled()) {
      stream.to.onNext(active(active));
      stream.said = active;
    }
  }

  private static <T> void answer(ScaledObjectRef about, StreamObserver<T> observer, Function<Trigger, T> answer) {
    T message;
    try {
      message = answer.apply(Trigger.of(about.getScalerMetadataMap()));
    } catch (IllegalArgumentException malformed) {
      observer.onError(invalid(malformed));
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }

  private static RuntimeException invalid(IllegalArgumentException malformed) {
    return Status.INVALID_ARGUMENT.withDescription(malformed.getMessage()).asRuntimeException();
  }

  private static IsActiveResponse active(boolean active) {
    return IsActiveResponse.newBuilder().setResult(active).build();
  }

  /** Upwards: a KEDA that only knows whole numbers must not see less than there is. */
  private static long whole(double value) {
    return (long) Math.ceil(value);
  }
}
