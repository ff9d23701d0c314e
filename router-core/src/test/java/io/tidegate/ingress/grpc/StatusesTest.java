package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusesTest {
  static ErrorInfo info(Throwable error) {
    try {
      for (Any detail : java.util.Objects.requireNonNull(StatusProto.fromThrowable(error)).getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("no ErrorInfo");
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  @DisplayName("decisions 33 each refusal has its status, its reason, and whether a repeat may help")
  void table(Refusal refusal) {
    StatusRuntimeException error = Statuses.of(ErrorAnswer.of(refusal, "do this"), RecordingLine.route("r1"));
    assertThat(error.getStatus().getCode().value()).isEqualTo(refusal.grpcStatus());
    assertThat(error.getStatus().getDescription()).isEqualTo("do this");
    ErrorInfo info = info(error);
    assertThat(info.getDomain()).isEqualTo("tidegate.io");
    assertThat(info.getReason()).isEqualTo(refusal.code().toUpperCase(Locale.ROOT));
    assertThat(info.getMetadataMap()).containsEntry("should_retry", Boolean.toString(refusal.repeatMayHelp()))
        .containsEntry("http_status", Integer.toString(refusal.httpStatus())).containsEntry("request_id", "r1").containsEntry("sensitivity", "INTERNAL")
        .containsEntry("policy", "ab12").containsEntry("attempts", "1");
  }

  @Test
  @DisplayName("a time to come again is RetryInfo; none is none")
  void retryInfo() throws InvalidProtocolBufferException {
    StatusRuntimeException later = Statuses.of(new ErrorAnswer(Refusal.BUSY, 429, "later", null, 7), null);
    Any detail = java.util.Objects.requireNonNull(StatusProto.fromThrowable(later)).getDetails(1);
    assertThat(detail.unpack(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(7);
    assertThat(java.util.Objects.requireNonNull(StatusProto.fromThrowable(Statuses.of(ErrorAnswer.of(Refusal.BUSY, "x"), null))).getDetailsList()).hasSize(1);
  }

  @Test
  @DisplayName("decisions 34 the field that is meant and an upstream's own status are told")
  void paramAndStatus() {
    ErrorInfo info = info(Statuses.of(new ErrorAnswer(Refusal.INVALID_REQUEST, 422, "x", "max_tokens", 0), null));
    assertThat(info.getMetadataMap()).containsEntry("param", "max_tokens").containsEntry("http_status", "422").doesNotContainKey("request_id");
  }
}
