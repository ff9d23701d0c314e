package io.tidegate.ingress.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;

/**
 * Ends a call whose message cannot be read, or whose handler has a defect, with a clear status (G5, hazard E8); left alone, gRPC says UNKNOWN and logs
 * what it caught. Must stand in front of the parser: on a service of raw messages.
 */
final class CallRim implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean ended;

      @Override
      public void onMessage(Q message) {
        if (ended) {
          return;
        }
        try {
          super.onMessage(message);
        } catch (StatusRuntimeException unreadable) {
          boolean tooLarge = unreadable.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
          end(tooLarge ? Refusal.TOO_LARGE : Refusal.INVALID_REQUEST, tooLarge ? "The message is too large." : "The message is not valid protobuf.");
        } catch (RuntimeException unreadable) {
          end(Refusal.INVALID_REQUEST, "The message could not be decoded.");
        }
      }

      @Override
      public void onHalfClose() {
        if (ended) {
          return;
        }
        try {
          super.onHalfClose();
        } catch (RuntimeException defect) {
          end(Refusal.INTERNAL, "The router failed on this request. Nothing was sent.");
        }
      }

      private void end(Refusal refusal, String message) {
        ended = true;
        StatusRuntimeException error = Statuses.of(ErrorAnswer.of(refusal, message), null);
        Metadata trailers = error.getTrailers();
        call.close(error.getStatus(), trailers == null ? new Metadata() : trailers);
      }
    };
  }
}
