package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.tidegate.scaler.v1.ExternalScalerGrpc;
import io.tidegate.scaler.v1.ExternalScalerGrpc.ExternalScalerBlockingStub;
import io.tidegate.scaler.v1.GetMetricsRequest;
import io.tidegate.scaler.v1.IsActiveResponse;
import io.tidegate.scaler.v1.ScaledObjectRef;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** KEDA's questions to a whole daemon that has requests. */
class ScalerIT {
  @Test
  @DisplayName("R8.2 R8.3 a daemon counts its requests for KEDA, on a listener of its own, and shows what it expects; stopping ends the streams")
  void asked() throws Exception {
    TestBed bed = TestBed.builder().section("scaler", "{listen: '127.0.0.1:0'}").start();
    ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", bed.daemon.scalerPort()).usePlaintext().build();
    try {
      ScaledObjectRef object = ScaledObjectRef.newBuilder().setName("models").setNamespace("llm").putScalerMetadata("metric", "requests_per_second")
          .putScalerMetadata("target", "500").build();
      ExternalScalerBlockingStub keda = ExternalScalerGrpc.newBlockingStub(channel);
      assertThat(keda.withDeadlineAfter(20, TimeUnit.SECONDS).getMetricSpec(object).getMetricSpecs(0).getTargetSizeFloat()).isEqualTo(500);
      Iterator<IsActiveResponse> stream = keda.streamIsActive(object);
      assertThat(stream.next().getResult()).as("nobody is sent home by a daemon that began a moment ago").isTrue();
      GetMetricsRequest question = GetMetricsRequest.newBuilder().setScaledObjectRef(object).setMetricName("requests_per_second").build();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      double rate;
      do {
        assertThat(bed.chat(TestBed.PRIVATE_MODEL, "CANARY-scale", false).statusCode()).isEqualTo(200);
        rate = keda.withDeadlineAfter(20, TimeUnit.SECONDS).getMetrics(question).getMetricValues(0).getMetricValueFloat();
      } while (rate == 0 && System.nanoTime() < end);
      assertThat(rate).isPositive();
      assertThat(bed.admin("/admin/forecast")).contains("\"mode\":\"shadow\"", "\"requests_per_second\":", "\"acting\":false").doesNotContain("CANARY");
      assertThat(bed.admin("/metrics")).contains("tidegate_forecast_rps{estimate=\"0.5\"}", "tidegate_forecast_error_ratio", "tidegate_forecast_acting 0");
      bed.daemon.stop();
      assertThat(stream.hasNext()).as("ended in good order").isFalse();
    } finally {
      channel.shutdownNow();
      bed.close();
    }
  }

  @Test
  @DisplayName("R9.4 off is off: no listener, no metric, nothing on disk")
  void off() {
    try (TestBed bed = TestBed.builder().section("forecast", "{mode: 'off'}").start()) {
      assertThat(bed.daemon.scalerPort()).isEqualTo(-1);
      assertThat(bed.admin("/admin/forecast")).isEqualTo("{\"mode\":\"off\"}\n");
      assertThat(bed.admin("/metrics")).doesNotContain("tidegate_forecast");
      assertThat(bed.directory.resolve("forecast.state")).doesNotExist();
    }
  }
}
