package io.tidegate.scaler;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.tidegate.scaler.v1.ExternalScalerGrpc;
import io.tidegate.scaler.v1.GetMetricSpecResponse;
import io.tidegate.scaler.v1.GetMetricsRequest;
import io.tidegate.scaler.v1.IsActiveResponse;
import io.tidegate.scaler.v1.MetricValue;
import io.tidegate.scaler.v1.ScaledObjectRef;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** KEDA's side of the conversation, after kedacore/keda pkg/scalers/external_scaler.go: what it calls in which order, and what it makes of the answers. */
final class PlayedKeda implements AutoCloseable {
  private final ManagedChannel channel;
  private final ScaledObjectRef object;
  private final String prefix;

  /** @param trigger index of the trigger in its ScaledObject */
  PlayedKeda(int port, int trigger, Map<String, String> metadata) {
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    this.object = ScaledObjectRef.newBuilder().setName("models").setNamespace("llm").putAllScalerMetadata(metadata)
        .putScalerMetadata("scalerAddress", "tidegate-scaler.llm:7403").build();
    this.prefix = "s" + trigger + "-";
  }

  private ExternalScalerGrpc.ExternalScalerBlockingStub stub() {
    return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** The metric as it stands in the autoscaler that KEDA makes: its name, and its target. */
  Map.Entry<String, Double> specification() {
    GetMetricSpecResponse answer = stub().getMetricSpec(object);
    var spec = answer.getMetricSpecs(0);
    return Map.entry(prefix + spec.getMetricName(), spec.getTargetSizeFloat() > 0 ? spec.getTargetSizeFloat() : spec.getTargetSize());
  }

  /** A poll: the value, for which KEDA takes the float only if it is above 0, and then whether anything is to be done. */
  Polled poll(String metric) {
    MetricValue value = stub().getMetrics(GetMetricsRequest.newBuilder().setScaledObjectRef(object).setMetricName(metric.substring(prefix.length())).build())
        .getMetricValues(0);
    return new Polled(value.getMetricValueFloat() > 0 ? value.getMetricValueFloat() : value.getMetricValue(), value.getMetricValue(),
        stub().isActive(object).getResult());
  }

  record Polled(double value, long whole, boolean active) {}

  /** A push stream; KEDA holds it open for as long as the ScaledObject is there. */
  Stream stream() {
    Stream stream = new Stream();
    ExternalScalerGrpc.newStub(channel).streamIsActive(object, stream);
    return stream;
  }

  Stream specificationStream() {
    Stream stream = new Stream();
    ExternalScalerGrpc.newStub(channel).streamMetricSpec(object, new StreamObserver<>() {
      @Override
      public void onNext(GetMetricSpecResponse specification) {
        throw new IllegalStateException("not expected");
      }

      @Override
      public void onError(Throwable failure) {
        stream.onError(failure);
      }

      @Override
      public void onCompleted() {
        stream.onCompleted();
      }
    });
    return stream;
  }

  /** What was pushed, and how the stream ended. */
  static final class Stream implements StreamObserver<IsActiveResponse> {
    final List<Boolean> pushed = new CopyOnWriteArrayList<>();
    volatile Status.@Nullable Code ended;

    @Override
    public void onNext(IsActiveResponse answer) {
      pushed.add(answer.getResult());
    }

    @Override
    public void onError(Throwable failure) {
      ended = Status.fromThrowable(failure).getCode();
    }

    @Override
    public void onCompleted() {
      ended = Status.Code.OK;
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
