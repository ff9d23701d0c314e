package io.tidegate.daemon.jobs;

import io.netty.buffer.ByteBuf;
import io.tidegate.classify.Neighbours;
import io.tidegate.ingress.Reading;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestReader;
import io.tidegate.jobs.Asker;
import io.tidegate.jobs.JobFacts;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rules;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a job's line as if its caller had sent it just now, in latency class BATCH: read, classified and decided by itself, under the policy that is in force when
 * it is asked (decisions 12). Lines go to the loops by turns. On the jobs' thread; each walk is confined to its loop.
 */
final class LineAsker implements Asker {
  private static final ErrorAnswer STREAM = ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, "Lines of a batch cannot be streamed.", "stream");

  private final RequestLine line;
  private final Supplier<Rules> rules;
  private final List<Loop> loops;
  private final RequestReader reader;
  private final Supplier<String> ids;
  private int turn;

  LineAsker(RequestLine line, Supplier<Rules> rules, List<Loop> loops, Supplier<String> ids) {
    this.line = line;
    this.rules = rules;
    this.loops = List.copyOf(loops);
    this.reader = new RequestReader(JsonLimits.DEFAULT);
    this.ids = ids;
  }

  @Override
  public Object rules() {
    return rules.get();
  }

  @Override
  public List<@Nullable Object> around(Object by, List<byte[]> bodies) {
    List<JsonText> texts = new ArrayList<>();
    for (byte[] body : bodies) {
      try {
        texts.add(JsonText.parse(body, JsonLimits.DEFAULT));
      } catch (JsonException defect) {
        throw new IllegalStateException("a part of a valid text is valid", defect);
      }
    }
    List<@Nullable Object> out = new ArrayList<>();
    for (Findings findings : Neighbours.of(((Rules) by).classifier(), texts)) {
      out.add(findings == Findings.NONE ? null : findings);
    }
    return Collections.unmodifiableList(out);
  }

  @Override
  public Asked ask(JobFacts job, String endpoint, byte[] body, Object by, @Nullable Object around, Done done) {
    String id = ids.get();
    RequestFacts facts = new RequestFacts(job.caller(), job.declared(), LatencyClass.BATCH, 0, CacheDirective.DEFAULT, null);
    Loop loop = loops.get(Math.floorMod(turn++, loops.size()));
    Reading reading = reader.read(operation(endpoint), body, facts, id, loop.nanos());
    ErrorAnswer wrong = reading.<@Nullable ErrorAnswer>fold(request -> request.stream() ? STREAM : null, error -> error);
    if (wrong != null) {
      done.refused(id, null, wrong);
      return () -> { };
    }
    Walking walking = new Walking(((Reading.Accepted) reading).request(), (Rules) by, around instanceof Findings findings ? findings : Findings.NONE, loop, done);
    loop.execute(walking::begin);
    return walking;
  }

  private static Operation operation(String endpoint) {
    for (Operation operation : Operation.values()) {
      if (operation.path().equals(endpoint)) {
        return operation;
      }
    }
    throw new IllegalStateException("a job has a known endpoint");
  }

  /** JSON object: where a line went and why. */
  private static byte[] route(RouteInfo route) {
    JsonWriter out = new JsonWriter().beginObject().key("destination");
    if (route.destination() == null) {
      out.nullValue();
    } else {
      out.string(route.destination().name());
    }
    out.key("upstream");
    String upstream = route.upstream();
    if (upstream == null) {
      out.nullValue();
    } else {
      out.string(upstream);
    }
    return out.key("sensitivity").string(route.sensitivity().name()).key("latency_class").string(route.latencyClass().name()).key("rule").string(route.rule())
        .key("policy").string(route.policy()).key("cache").string(route.cache().name().toLowerCase(Locale.ROOT)).key("attempts").number(route.attempts())
        .endObject().toBytes();
  }

  /** One line's walk, on its loop. */
  private final class Walking implements Asked, AnswerSink {
    private final ModelRequest request;
    private final Rules by;
    private final Findings around;
    private final Loop loop;
    private final Done done;
    private Line.@Nullable Walk walk;
    private boolean over;

    Walking(ModelRequest request, Rules by, Findings around, Loop loop, Done done) {
      this.request = request;
      this.by = by;
      this.around = around;
      this.loop = loop;
      this.done = done;
    }

    void begin() {
      if (!over) {
        Line.Walk begun = line.walk(request, by, around, this, loop);
        walk = over ? null : begun;
      }
    }

    /** Any thread. */
    @Override
    public void cancel() {
      loop.execute(() -> {
        Line.Walk current = walk;
        walk = null;
        over = true;
        if (current != null) {
          current.cancel();
        }
      });
    }

    @Override
    public void complete(RouteInfo route, ByteBuf json) {
      byte[] bytes = new byte[json.readableBytes()];
      json.readBytes(bytes);
      json.release();
      end();
      done.answered(route.requestId(), route(route), bytes);
    }

    @Override
    public void refuse(ErrorAnswer error, RouteInfo route) {
      end();
      done.refused(route.requestId(), route(route), error);
    }

    private void end() {
      over = true;
      walk = null;
    }

    @Override
    public void open(RouteInfo route) {
      throw new IllegalStateException("a line of a job is no stream");
    }

    @Override
    public void events(ByteBuf frames) {
      frames.release();
      throw new IllegalStateException("a line of a job is no stream");
    }

    @Override
    public void close() {
      throw new IllegalStateException("a line of a job is no stream");
    }

    @Override
    public void breakOff(ErrorAnswer error) {
      throw new IllegalStateException("a line of a job is no stream");
    }

    @Override
    public boolean isWritable() {
      return true;
    }
  }
}
