package io.tidegate.ingress.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Peer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.TraceContext;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a call's metadata says, read before any handler: the key, and the wishes and the session a caller may state. Every other {@code x-tidegate-*} name is
 * ignored; a name given twice is an error (hazard A8, decisions 8).
 *
 * @param bearer key from {@code authorization}, null if none was sent
 * @param session the caller's name for the conversation, null if it named none
 * @param remote far end of the connection
 * @param forwarded all of {@code x-forwarded-for}, with commas between; null if none came
 * @param trace where the call belongs in its caller's trace; null if it said nothing readable
 * @param error what is wrong with the metadata, in words that name the key
 */
record CallFacts(Peer peer, @Nullable String bearer, Sensitivity sensitivity, @Nullable LatencyClass latencyClass, @Nullable String session,
    @Nullable SocketAddress remote, @Nullable String forwarded, @Nullable TraceContext trace, @Nullable ErrorAnswer error) {
  static final Context.Key<CallFacts> KEY = Context.key("tidegate-call-facts");

  private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> SENSITIVITY = Metadata.Key.of("x-tidegate-sensitivity", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LATENCY_CLASS = Metadata.Key.of("x-tidegate-latency-class", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> SESSION = Metadata.Key.of("x-tidegate-session", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> FORWARDED = Metadata.Key.of("x-forwarded-for", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TRACE_PARENT = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TRACE_STATE = Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "bearer ";

  /** Puts the facts in the call's context. */
  static final class Reader implements ServerInterceptor {
    private final boolean regional;

    /** @param regional whether it makes a difference where callers are */
    Reader(boolean regional) {
      this.regional = regional;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      CallFacts facts = read(headers, PeerReader.of(call.getAttributes()),
          regional ? call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) : null, regional);
      return Contexts.interceptCall(Context.current().withValue(KEY, facts), call, headers, next);
    }
  }

  static CallFacts read(Metadata headers, Peer peer) {
    return read(headers, peer, null, false);
  }

  private static CallFacts read(Metadata headers, Peer peer, @Nullable SocketAddress remote, boolean regional) {
    List<ErrorAnswer> errors = new ArrayList<>(0);
    for (String name : headers.keys()) {
      if (name.indexOf('_') >= 0 && name.replace('_', '-').startsWith("x-tidegate-")) {
        errors.add(wrong("Metadata names with \"_\" are not taken for x-tidegate-* ones. Write them with \"-\"."));
      }
    }
    String authorization = once(headers, AUTHORIZATION, errors);
    String sensitivity = once(headers, SENSITIVITY, errors);
    String latencyClass = once(headers, LATENCY_CLASS, errors);
    String session = once(headers, SESSION, errors);
    if (session != null && !RequestFacts.sessionName(session)) {
      errors.add(wrong("Metadata \"" + SESSION.name() + "\" must be 1 to " + RequestFacts.MAX_SESSION_LENGTH + " visible ASCII characters."));
    }
    String bearer = null;
    if (authorization != null) {
      if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        bearer = authorization.substring(BEARER.length()).trim();
      } else {
        errors.add(ErrorAnswer.of(Refusal.UNAUTHENTICATED, "Metadata \"authorization\" must be \"Bearer KEY\"."));
      }
    }
    return new CallFacts(peer, bearer, word(Sensitivity.class, sensitivity, SENSITIVITY.name(), Sensitivity.PUBLIC, errors),
        word(LatencyClass.class, latencyClass, LATENCY_CLASS.name(), null, errors), session, remote, regional ? forwarded(headers) : null, trace(headers),
        errors.isEmpty() ? null : errors.get(0));
  }

  private static @Nullable String forwarded(Metadata headers) {
    Iterable<String> all = headers.getAll(FORWARDED);
    return all == null ? null : String.join(",", all);
  }

  /** Never a reason to refuse: what cannot be read is as if it had not come. */
  private static @Nullable TraceContext trace(Metadata headers) {
    Iterable<String> parents = headers.getAll(TRACE_PARENT);
    if (parents == null) {
      return null;
    }
    Iterator<String> each = parents.iterator();
    String parent = each.next();
    if (each.hasNext()) {
      return null;
    }
    Iterable<String> state = headers.getAll(TRACE_STATE);
    return TraceContext.parse(parent, state == null ? null : String.join(",", state));
  }

  private static ErrorAnswer wrong(String message) {
    return ErrorAnswer.of(Refusal.INVALID_REQUEST, message);
  }

  private static @Nullable String once(Metadata headers, Metadata.Key<String> key, List<ErrorAnswer> errors) {
    Iterable<String> all = headers.getAll(key);
    String found = null;
    if (all != null) {
      for (String value : all) {
        if (found != null) {
          errors.add(wrong("Metadata \"" + key.name() + "\" was given twice. Send it once."));
        }
        found = value;
      }
    }
    return found;
  }

  private static <E extends Enum<E>> @Nullable E word(Class<E> type, @Nullable String value, String key, @Nullable E absent, List<ErrorAnswer> errors) {
    if (value == null) {
      return absent;
    }
    try {
      return Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      errors.add(wrong("Metadata \"" + key + "\" must be one of " + List.of(type.getEnumConstants()) + "."));
      return absent;
    }
  }
}
