package io.tidegate.ingress.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Errors as gRPC statuses with {@code google.rpc.ErrorInfo}, from the one table in {@code Refusal} (decisions 33). */
final class Statuses {
  static final String DOMAIN = "tidegate.io";

  private Statuses() {}

  static StatusRuntimeException of(ErrorAnswer error, @Nullable RouteInfo route) {
    return StatusProto.toStatusRuntimeException(status(error, route));
  }

  /** The same as a message, for one item of a batch. */
  static Status status(ErrorAnswer error, @Nullable RouteInfo route) {
    ErrorInfo.Builder info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(error.refusal().code().toUpperCase(Locale.ROOT))
        .putMetadata("should_retry", Boolean.toString(error.refusal().repeatMayHelp()))
        .putMetadata("http_status", Integer.toString(error.httpStatus()));
    if (error.param() != null) {
      info.putMetadata("param", error.param());
    }
    if (route != null) {
      info.putMetadata("request_id", route.requestId()).putMetadata("sensitivity", route.sensitivity().name())
          .putMetadata("latency_class", route.latencyClass().name()).putMetadata("rule", route.rule()).putMetadata("policy", route.policy())
          .putMetadata("attempts", Integer.toString(route.attempts()));
    }
    Status.Builder status = Status.newBuilder().setCode(error.refusal().grpcStatus()).setMessage(error.message()).addDetails(Any.pack(info.build()));
    if (error.retryAfterSeconds() > 0) {
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(error.retryAfterSeconds())).build()));
    }
    return status.build();
  }
}
