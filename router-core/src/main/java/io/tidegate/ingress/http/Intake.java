package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.ingress.BatchReader;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.Reading;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestReader;
import io.tidegate.jobs.JobDesk;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Peer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What both versions of HTTP do with a well-formed request: judge its head, read its body, start its walk. Shared by all loops; immutable but
 * for counters and the marks of its end.
 */
final class Intake {
  /** Of what is posted to jobs beside files. */
  private static final int MAX_QUESTION_BYTES = 64 << 10;
  private static final int REFUSALS = Refusal.values().length;

  final HttpConfig config;
  final HostList hosts;
  final BodyBudget budget;
  private final Line line;
  private final Callers callers;
  private final Supplier<String> ids;
  private final RequestReader reader;
  private final BatchReader batches;
  /** Null where jobs are off: their paths are unknown then. */
  private final @Nullable JobDesk jobs;
  private final AtomicLongArray refused = new AtomicLongArray(REFUSALS);
  private volatile boolean draining;
  private volatile boolean refusing;

  Intake(HttpConfig config, Line line, Callers callers, Supplier<String> ids, @Nullable JobDesk jobs) {
    this.config = config;
    this.hosts = new HostList(config.allowedHosts());
    this.budget = new BodyBudget(config.maxBodyBytesInFlight());
    this.line = line;
    this.jobs = jobs;
    this.callers = callers;
    this.ids = ids;
    this.reader = new RequestReader(config.json());
    this.batches = new BatchReader(reader, config.json(), config.batch().items());
  }

  String newId() {
    return ids.get();
  }

  /** Whether it makes a difference where callers are. */
  boolean regional() {
    return callers.regional();
  }

  /** Notes in a judged head where its caller is. */
  void locate(RequestHead head, @Nullable SocketAddress remote) {
    if (callers.regional()) {
      head.region = callers.region(remote, head.forwarded);
    }
  }

  /** From now on connections end as soon as they can. */
  void drain() {
    draining = true;
  }

  /** The time for draining is over: new requests are told to go elsewhere. */
  void refuse() {
    refusing = true;
  }

  boolean draining() {
    return draining;
  }

  void count(ErrorAnswer error) {
    refused.incrementAndGet(error.refusal().ordinal());
  }

  long refused(Refusal refusal) {
    return refused.get(refusal.ordinal());
  }

  /**
   * Judges a well-formed head, and notes the caller in it. What concerns browsers comes first, so that a page learns nothing else.
   *
   * @return the error that answers it, or null
   */
  @Nullable ErrorAnswer judge(RequestHead head, Peer peer) {
    if (head.hostForeign()) {
      return Faults.HOST_FOREIGN;
    }
    if (head.originForeign()) {
      return Faults.ORIGIN_FOREIGN;
    }
    Route route = head.route;
    JobDesk desk = jobs;
    if (route == null || route == Route.JOBS && desk == null) {
      return Faults.NOT_FOUND;
    }
    if (route == Route.JOBS) {
      if (head.method != Method.GET && head.method != Method.POST && head.method != Method.DELETE) {
        return Faults.USE_GET;
      }
    } else if (head.query) {
      return Faults.QUERY;
    } else if (head.method != route.method()) {
      return route.method() == Method.GET ? Faults.USE_GET : Faults.USE_POST;
    }
    if (refusing) {
      return Faults.DRAINING;
    }
    head.caller = callers.identify(peer, head.key);
    if (head.caller == null) {
      return Faults.UNAUTHENTICATED;
    }
    if (head.objection != null) {
      return head.objection;
    }
    if (route == Route.JOBS) {
      return head.contentLength > (head.isUpload() ? uploadBytes() : MAX_QUESTION_BYTES) ? Faults.BODY_TOO_LARGE : null;
    }
    if (route.method() == Method.POST && !head.contentType) {
      return Faults.MEDIA;
    }
    return head.contentLength > (route == Route.BATCH ? config.batch().bytes() : config.maxBodyBytes()) ? Faults.BODY_TOO_LARGE : null;
  }

  /** The list of models. */
  ByteBuf models() {
    return Unpooled.wrappedBuffer(line.models());
  }

  /**
   * Reads {@code body} (consumed) and starts the walk.
   *
   * @return null if there is no walk: the answerer was given an error
   */
  Line.@Nullable Walk begin(RequestHead head, byte[] body, String id, AnswerSink sink, Answerer answerer, Loop loop, long nowNanos) {
    Route route = head.route;
    Operation operation = route == null ? null : route.operation();
    Caller caller = head.caller;
    if (operation == null && route != Route.BATCH || caller == null) {
      throw new IllegalStateException("the head was not judged");
    }
    RequestFacts facts = new RequestFacts(caller, head.declared, head.latencyWish, head.timeLeftNanos, head.cacheDirective,
        head.session, head.region, head.trace());
    if (operation == null) {
      return batch(body, facts, answerer, loop, nowNanos);
    }
    Reading reading = reader.read(operation, body, facts, id, nowNanos);
    if (reading instanceof Reading.Refused no) {
      answerer.refuse(no.error());
      return null;
    }
    ModelRequest request = ((Reading.Accepted) reading).request();
    return line.walk(request.stream() && request.timeLeftNanos() != 0 ? withoutHint(request) : request, sink, loop);
  }

  /** Longest body of an upload. */
  long uploadBytes() {
    JobDesk desk = jobs;
    return desk == null ? 0 : desk.uploadBytes();
  }

  /** Takes the file that follows the judged head. */
  JobDesk.Upload upload(RequestHead head) {
    JobDesk desk = jobs;
    Caller caller = head.caller;
    if (desk == null || caller == null) {
      throw new IllegalStateException("the head was not judged");
    }
    return desk.upload(caller, head.declared, head.mediaType);
  }

  /** Puts a question about files and batches. */
  Line.Walk jobs(RequestHead head, BodyReader body, Answerer answerer, Loop loop) {
    JobDesk desk = jobs;
    Caller caller = head.caller;
    if (desk == null || caller == null) {
      throw new IllegalStateException("the head was not judged");
    }
    JobCall call = new JobCall(answerer, loop);
    if (head.isUpload()) {
      JobDesk.Upload upload = body.taken();
      (upload == null ? upload(head) : upload).end(call);
      return call;
    }
    byte[] json = body.take();
    if (json.length > 0 && !HeadValues.json(head.mediaType)) {
      call.refused(Faults.MEDIA);
      return call;
    }
    int query = head.target.indexOf('?');
    desk.ask(new JobDesk.Question(JobDesk.Verb.valueOf(head.method.name()), query < 0 ? head.target : head.target.substring(0, query),
        query < 0 ? "" : head.target.substring(query + 1), caller, head.declared, json), call);
    return call;
  }

  /** What no walk of the line says: the error of a request that reached none, and a batch's answer. */
  interface Answerer {
    void refuse(ErrorAnswer error);

    /** @param route null, as the items have theirs. {@code json} is consumed */
    void complete(@Nullable RouteInfo route, ByteBuf json);

    /** The answer is a file of so many bytes; pieces follow, the last of them marked, or {@link #contentFails}. */
    void contentBegins(long bytes);

    /** {@code piece} is consumed. */
    void contentPiece(ByteBuf piece, boolean last);

    void contentFails();

    /** Whether a piece would leave soon. */
    boolean isWritable();
  }

  /** Null if no item was begun: the answer was given. */
  private Line.@Nullable Walk batch(byte[] body, RequestFacts facts, Answerer answerer, Loop loop, long nowNanos) {
    if (body.length > config.batch().bytes()) {
      answerer.refuse(Faults.BODY_TOO_LARGE);
      return null;
    }
    BatchReader.Batch batch = batches.read(body, facts, ids, nowNanos);
    if (batch.error() != null) {
      answerer.refuse(batch.error());
      return null;
    }
    List<ModelRequest> requests = new ArrayList<>();
    int[] places = new int[batch.items().size()];
    long bytes = 0;
    for (int place = 0; place < places.length; place++) {
      if (batch.items().get(place) instanceof Reading.Accepted accepted) {
        places[requests.size()] = place;
        requests.add(accepted.request());
        bytes += accepted.request().prompt().json().length();
      }
    }
    if (!budget.take(bytes)) {
      answerer.refuse(Faults.BODIES_BUSY);
      return null;
    }
    BatchAnswer answer = new BatchAnswer(answerer, budget, bytes, places.length, places);
    for (int place = 0; place < places.length; place++) {
      if (batch.items().get(place) instanceof Reading.Refused no) {
        count(no.error());
        answer.refusedAtOnce(place, no.error());
      }
    }
    return answer.walking(line.batch(requests, config.batch().parallel(), answer, loop));
  }

  /** The SDKs' hint bounds the wait for one piece of a stream, not the whole stream (upstreams.md, section 1). */
  private static ModelRequest withoutHint(ModelRequest r) {
    return r.withTimeLeft(0);
  }
}
