package io.tidegate.ingress.http;

import io.tidegate.ingress.RequestFacts;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one request's head says, as far as it is read: the only reading of it there is (hazards D1, A8). Filled field by field by the parser of
 * either protocol; reused for the next request of an HTTP/1.1 connection. Not thread-safe: confined to its connection's loop.
 */
final class RequestHead {
  private static final int MAY_REPEAT = bit(Field.CONNECTION) | bit(Field.KEEP_ALIVE) | bit(Field.PROXY_CONNECTION) | bit(Field.UPGRADE)
      | bit(Field.TE);
  private static final int CONNECTION_SPECIFIC = bit(Field.CONNECTION) | bit(Field.KEEP_ALIVE) | bit(Field.PROXY_CONNECTION)
      | bit(Field.UPGRADE) | bit(Field.TRANSFER_ENCODING);
  private static final byte[] NO_HOST = {};

  private final HostList hosts;
  private final boolean http2;
  private final boolean regional;

  Method method = Method.GET;
  /** Null for an unknown path. */
  @Nullable Route route;
  boolean query;
  boolean http10;
  /** -1 if not stated. */
  long contentLength;
  boolean chunked;
  boolean expectContinue;
  CacheDirective cacheDirective = CacheDirective.DEFAULT;
  Sensitivity declared = Sensitivity.PUBLIC;
  @Nullable LatencyClass latencyWish;
  /** 0 if no hint came. */
  long timeLeftNanos;
  /** The bearer token, if one came. */
  @Nullable String key;
  /** The conversation's name, if one came. */
  @Nullable String session;
  /** All of {@code x-forwarded-for}, if it is read at all. */
  @Nullable String forwarded;
  /** Where the caller is; empty if that is not known. */
  String region = "";
  boolean contentType;
  /** Path and query as they came, for jobs and models only. */
  String target = "";
  /** The body's type, for jobs only. */
  String mediaType = "";
  /** Set when the head was judged. */
  @Nullable Caller caller;
  /** The first thing that is well formed, but not acceptable. */
  @Nullable ErrorAnswer objection;

  private @Nullable String traceParent;
  private @Nullable String traceState;
  private int traceParents;
  private int seen;
  private boolean closeAsked;
  private boolean keepAliveAsked;
  private byte[] host = NO_HOST;
  private boolean hostKnown;
  private byte @Nullable [] origin;
  private long[] internalNames = new long[4];
  private int internalCount;

  RequestHead(HostList hosts, boolean http2) {
    this(hosts, http2, false);
  }

  /** @param regional whether {@code x-forwarded-for} is read */
  RequestHead(HostList hosts, boolean http2, boolean regional) {
    this.regional = regional;
    this.hosts = hosts;
    this.http2 = http2;
    reset();
  }

  /** Forgets the request, but for the Host bytes, which are compared with the next one's. */
  void reset() {
    method = Method.GET;
    route = null;
    query = false;
    http10 = false;
    contentLength = -1;
    chunked = false;
    expectContinue = false;
    cacheDirective = CacheDirective.DEFAULT;
    declared = Sensitivity.PUBLIC;
    latencyWish = null;
    timeLeftNanos = 0;
    key = null;
    session = null;
    forwarded = null;
    region = "";
    traceParent = null;
    traceState = null;
    traceParents = 0;
    contentType = false;
    target = "";
    mediaType = "";
    caller = null;
    objection = null;
    seen = 0;
    closeAsked = false;
    keepAliveAsked = false;
    origin = null;
    internalCount = 0;
  }

  /**
   * Takes one header.
   *
   * @return what makes the whole request malformed, or null
   */
  @Nullable ErrorAnswer field(byte[] b, int nameStart, int nameEnd, int valueStart, int valueEnd) {
    Field field = Field.of(b, nameStart, nameEnd);
    if (field == null) {
      return Ascii.foldedStart(b, nameStart, nameEnd, Field.INTERNAL_PREFIX) ? internal(b, nameStart, nameEnd) : null;
    }
    if (field == Field.TRACE_PARENT || field == Field.TRACE_STATE) {
      // Never a reason to refuse: what cannot be read is as if it had not come.
      trace(field, b, valueStart, valueEnd);
      return null;
    }
    if (field == Field.FORWARDED_FOR) {
      if (regional) {
        forwardedFor(b, valueStart, valueEnd);
      }
      return null;
    }
    int bit = bit(field);
    if (http2 && (bit & CONNECTION_SPECIFIC) != 0) {
      return Faults.CONNECTION_HEADER;
    }
    if ((seen & bit) != 0 && (bit & MAY_REPEAT) == 0) {
      return field == Field.HOST ? Faults.HOST_MISSING : field.twice;
    }
    seen |= bit;
    if (holds(b, nameStart, nameEnd, (byte) '_')) {
      return Faults.UNDERSCORE;
    }
    return value(field, b, valueStart, valueEnd);
  }

  private @Nullable ErrorAnswer value(Field field, byte[] b, int start, int end) {
    switch (field) {
      case HOST -> {
        return host(b, start, end);
      }
      case ORIGIN -> origin = Arrays.copyOfRange(b, start, end);
      case EXPECT -> {
        if (!Ascii.equalIgnoreCase(b, start, end, "100-continue")) {
          return Faults.EXPECT;
        }
        expectContinue = true;
      }
      case CONNECTION -> {
        closeAsked |= HeadValues.listHolds(b, start, end, "close");
        keepAliveAsked |= HeadValues.listHolds(b, start, end, "keep-alive");
      }
      case CONTENT_TYPE -> {
        contentType = true;
        if (route == Route.JOBS) {
          mediaType = new String(b, start, end - start, StandardCharsets.ISO_8859_1);
        } else {
          objectUnless(HeadValues.json(b, start, end), Faults.MEDIA);
        }
      }
      case AUTHORIZATION -> authorization(b, start, end);
      case CACHE_CONTROL -> cacheDirective = HeadValues.cacheDirective(b, start, end);
      case CONTENT_LENGTH -> {
        contentLength = HeadValues.digits(b, start, end);
        return contentLength < 0 ? Faults.CONTENT_LENGTH : null;
      }
      case CONTENT_ENCODING -> objectUnless(Ascii.equalIgnoreCase(b, start, end, "identity"), Faults.CODING);
      case TRANSFER_ENCODING -> {
        chunked = Ascii.equalIgnoreCase(b, start, end, "chunked");
        return chunked ? null : Faults.TRANSFER_ENCODING;
      }
      case STAINLESS_TIMEOUT, STAINLESS_READ_TIMEOUT -> {
        long nanos = HeadValues.secondsAsNanos(b, start, end);
        timeLeftNanos = timeLeftNanos == 0 ? nanos : nanos == 0 ? timeLeftNanos : Math.min(timeLeftNanos, nanos);
      }
      case SENSITIVITY -> {
        Sensitivity found = HeadValues.sensitivity(b, start, end);
        objectUnless(found != null, Faults.SENSITIVITY);
        declared = found == null ? Sensitivity.RESTRICTED : found;
      }
      case LATENCY_CLASS -> {
        latencyWish = HeadValues.latencyClass(b, start, end);
        objectUnless(latencyWish != null, Faults.LATENCY_CLASS);
      }
      case SESSION -> {
        session = new String(b, start, end - start, StandardCharsets.ISO_8859_1);
        objectUnless(RequestFacts.sessionName(session), Faults.SESSION);
      }
      case TE -> {
        return http2 && !Ascii.equalIgnoreCase(b, start, end, "trailers") ? Faults.CONNECTION_HEADER : null;
      }
      case FORWARDED_FOR, TRACE_PARENT, TRACE_STATE, KEEP_ALIVE, PROXY_CONNECTION, UPGRADE -> {
        // An upgrade is never taken (D9): the request is answered as if none had been asked for.
      }
    }
    return null;
  }

  /** Where it belongs in its caller's trace; null if that said nothing readable. */
  @Nullable TraceContext trace() {
    String parent = traceParent;
    return parent == null || traceParents > 1 ? null : TraceContext.parse(parent, traceState);
  }

  private void trace(Field field, byte[] b, int start, int end) {
    if (end - start > TraceContext.MAX_STATE) {
      // Longer than anything readable: a parent is then none, and a state is dropped whole.
      traceParents += field == Field.TRACE_PARENT ? 2 : 0;
      traceState = field == Field.TRACE_STATE ? "" : traceState;
    } else if (field == Field.TRACE_PARENT) {
      traceParents++;
      traceParent = new String(b, start, end - start, StandardCharsets.ISO_8859_1);
    } else {
      String more = new String(b, start, end - start, StandardCharsets.ISO_8859_1);
      traceState = traceState == null ? more : traceState.length() + more.length() > TraceContext.MAX_STATE ? "" : traceState + ',' + more;
    }
  }

  /** May come several times, which means the same as once with commas. */
  private void forwardedFor(byte[] b, int start, int end) {
    String more = new String(b, start, end - start, StandardCharsets.ISO_8859_1);
    forwarded = forwarded == null ? more : forwarded + ',' + more;
  }

  /** HTTP/2's {@code :authority}; a Host beside it must be the same. */
  @Nullable ErrorAnswer host(byte[] b, int start, int end) {
    if (start == end) {
      return Faults.HOST_MISSING;
    }
    if (!Arrays.equals(host, 0, host.length, b, start, end)) {
      host = Arrays.copyOfRange(b, start, end);
      hostKnown = hosts.holds(host);
    }
    seen |= bit(Field.HOST);
    return null;
  }

  /** Checks what only the whole head can tell. Null if it is well formed. */
  @Nullable ErrorAnswer complete() {
    if ((seen & bit(Field.HOST)) == 0 && !http10) {
      return Faults.HOST_MISSING;
    }
    if (chunked && (contentLength >= 0 || http10)) {
      return Faults.TRANSFER_ENCODING;
    }
    return null;
  }

  boolean hostForeign() {
    return (seen & bit(Field.HOST)) != 0 && !hostKnown;
  }

  /** An Origin that is not this very host, on whatever scheme. */
  boolean originForeign() {
    byte[] from = origin;
    if (from == null) {
      return false;
    }
    String text = new String(from, StandardCharsets.ISO_8859_1);
    String own = new String(host, StandardCharsets.ISO_8859_1);
    return !text.equals("http://" + own) && !text.equals("https://" + own);
  }

  /** Whether the connection may serve another request after this one. */
  boolean persistent() {
    return http10 ? keepAliveAsked && !closeAsked : !closeAsked;
  }

  /** A file comes as the body: it is not kept in memory. */
  boolean isUpload() {
    return route == Route.JOBS && method == Method.POST && target.equals(Route.FILES);
  }

  boolean hasBody() {
    return chunked || contentLength > 0;
  }

  private void authorization(byte[] b, int start, int end) {
    int token = start + 7;
    if (token < end && Ascii.equalIgnoreCase(b, start, token, "bearer ")) {
      while (token < end && b[token] == Ascii.SP) {
        token++;
      }
      key = new String(b, token, end - token, StandardCharsets.ISO_8859_1);
    } else {
      objectUnless(false, Faults.AUTHORIZATION);
    }
  }

  private void objectUnless(boolean fine, ErrorAnswer error) {
    if (!fine && objection == null) {
      objection = error;
    }
  }

  /** Stripped, that is ignored; twice is refused. Names are told apart by a hash: a clash only refuses one more odd request. */
  private @Nullable ErrorAnswer internal(byte[] b, int start, int end) {
    if (holds(b, start, end, (byte) '_')) {
      return Faults.UNDERSCORE;
    }
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (int i = start; i < end; i++) {
      hash = (hash ^ Ascii.fold(b[i])) * 0x100000001b3L;
    }
    for (int i = 0; i < internalCount; i++) {
      if (internalNames[i] == hash) {
        return Faults.DUPLICATE;
      }
    }
    if (internalCount == internalNames.length) {
      internalNames = Arrays.copyOf(internalNames, internalCount * 2);
    }
    internalNames[internalCount++] = hash;
    return null;
  }

  private static boolean holds(byte[] b, int start, int end, byte wanted) {
    for (int i = start; i < end; i++) {
      if (b[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  private static int bit(Field field) {
    return 1 << field.ordinal();
  }
}
