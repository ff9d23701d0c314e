package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Decision;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One upstream call for several embedding requests. It is a request of its own on the line: scanned, decided and recorded, and given up unless it is
 * decided exactly like its members, so that merging opens nothing that was closed to one of them (G1, A5). Whatever goes wrong with it, each member
 * then makes its own call. Confined to its loop.
 */
final class MergedCall implements AnswerSink {
  private final Rooms rooms;
  private final Admission admission;
  private final Decision like;
  private final Loop loop;
  private final Runnable closed;
  private final List<Part> parts = new ArrayList<>();
  private int inputs;
  private int live;
  private long timeLeft = Long.MAX_VALUE;
  private long timerAt = Long.MAX_VALUE;
  private Loop.@Nullable Timer timer;
  private boolean begun;
  private boolean over;
  private @Nullable RequestWalk walk;

  /** One request that is merged. */
  interface Member {
    /** Its part of the answer. */
    void answered(@Nullable Destination destination, @Nullable String upstream, byte[] json);

    /** Make the call by yourself. */
    void alone();

    long timeLeft();
  }

  /** Which inputs are whose. */
  private static final class Part {
    private final JsonText text;
    private int first;
    private final int count;
    private @Nullable Member member;

    Part(Member member, JsonText text, int count) {
      this.member = member;
      this.text = text;
      this.count = count;
    }
  }

  /** @param closed called when nobody more may join */
  MergedCall(Rooms rooms, Admission admission, Decision like, Loop loop, Runnable closed) {
    this.rooms = rooms;
    this.admission = admission;
    this.like = like;
    this.loop = loop;
    this.closed = closed;
  }

  /** Whether both open the same, on the same terms. */
  static boolean alike(Decision one, Decision other) {
    return one.sensitivity() == other.sensitivity() && one.latencyClass() == other.latencyClass() && one.steps().equals(other.steps())
        && one.residency().equals(other.residency()) && one.auditDurable() == other.auditDurable() && one.policyDigest().equals(other.policyDigest());
  }

  boolean hasRoomFor(int more) {
    return inputs + more <= Merging.MAX_INPUTS;
  }

  /** @param waitNanos how long this member may wait */
  void add(Member member, Decision made, int count, long waitNanos) {
    parts.add(new Part(member, made.request().prompt().json(), count));
    inputs += count;
    live++;
    long at = loop.nanos() + waitNanos;
    if (timer == null || at - timerAt < 0) {
      stopTimer();
      timerAt = at;
      timer = loop.schedule(this::begin, Math.max(1, waitNanos));
    }
    if (inputs == Merging.MAX_INPUTS) {
      // On the loop later, as the member is still on its way in.
      stopTimer();
      timerAt = loop.nanos();
      closed.run();
      loop.execute(this::begin);
    }
  }

  /** Its caller left, or its time is over. */
  void leave(Member member) {
    for (Part part : parts) {
      if (part.member == member) {
        part.member = null;
        live--;
      }
    }
    if (!begun && parts.removeIf(part -> part.member == null)) {
      inputs = parts.stream().mapToInt(part -> part.count).sum();
    }
    if (live == 0) {
      end();
      if (walk != null) {
        walk.cancel();
      }
    }
  }

  /** Nobody more joins: the call is made. */
  void begin() {
    if (begun || over) {
      return;
    }
    begun = true;
    stopTimer();
    closed.run();
    if (live == 1) {
      alone();
      return;
    }
    try {
      // Its parts have taken of their tenant's rates each for itself.
      RequestWalk made = new RequestWalk(rooms, rooms.rules().get(), admission, null, request(), io.tidegate.model.Findings.NONE, like, this, loop);
      walk = made;
      made.start();
    } catch (JsonException | JsonWriter.TooLarge defect) {
      alone();
    }
  }

  private ModelRequest request() throws JsonException {
    ModelRequest first = like.request();
    JsonWriter out = new JsonWriter();
    out.beginObject();
    Merging.parameters(out, first.prompt().json());
    out.key("input").beginArray();
    int at = 0;
    for (Part part : parts) {
      part.first = at;
      at += part.count;
      Member member = part.member;
      if (member != null) {
        timeLeft = Math.min(timeLeft, member.timeLeft());
      }
      JsonText text = part.text;
      int input = text.member(0, "input");
      if (text.kind(input) == Kind.STRING) {
        out.raw(text, input);
      } else {
        for (int node = input + 1; node < text.next(input); node = text.next(node)) {
          out.raw(text, node);
        }
      }
    }
    byte[] body = out.endArray().endObject().toBytes();
    return new ModelRequest(first.id() + "-merged", Operation.EMBEDDING, new Prompt(JsonText.parse(body, JsonLimits.DEFAULT)), first.model(), false, false,
        false, first.caller(), like.sensitivity(), like.latencyClass(), Math.max(1, timeLeft), CacheDirective.NO_STORE, loop.nanos(), null,
        Sensitivity.PUBLIC, first.region());
  }

  @Override
  public void complete(RouteInfo route, ByteBuf json) {
    byte[] bytes = new byte[json.readableBytes()];
    json.readBytes(bytes);
    json.release();
    if (over) {
      return;
    }
    List<byte[]> split;
    try {
      split = split(JsonText.parse(bytes, JsonLimits.DEFAULT));
    } catch (JsonException unreadable) {
      split = List.of();
    }
    if (split.isEmpty()) {
      alone();
      return;
    }
    end();
    for (int i = 0; i < parts.size(); i++) {
      Member member = parts.get(i).member;
      if (member != null) {
        member.answered(route.destination(), route.upstream(), split.get(i));
      }
    }
  }

  /** Each part's answer; none if a vector is missing. */
  private List<byte[]> split(JsonText json) {
    int[] vectors = new int[inputs];
    int data = json.member(0, "data");
    if (data < 0 || json.kind(data) != Kind.ARRAY) {
      return List.of();
    }
    for (int item = data + 1; item < json.next(data); item = json.next(item)) {
      int index = json.member(item, "index");
      double place = index < 0 ? -1 : json.number(index);
      if (!(place >= 0 && place < inputs) || place != Math.rint(place) || vectors[(int) place] != 0) {
        return List.of();
      }
      vectors[(int) place] = item;
    }
    long bytes = 0;
    for (Part part : parts) {
      bytes += part.text.length();
    }
    List<byte[]> out = new ArrayList<>();
    Share[] shares = {new Share(json, "prompt_tokens", bytes), new Share(json, "total_tokens", bytes)};
    for (Part part : parts) {
      JsonWriter to = new JsonWriter();
      to.beginObject();
      for (int key = 1; key < json.next(0); key = json.next(key + 1)) {
        if (key + 1 != data && !json.stringEquals(key, "usage")) {
          to.key(json.string(key)).raw(json, key + 1);
        }
      }
      to.key("data").beginArray();
      for (int i = 0; i < part.count; i++) {
        if (vectors[part.first + i] == 0) {
          return List.of();
        }
        vector(to, json, vectors[part.first + i], i);
      }
      to.endArray();
      if (shares[0].known() || shares[1].known()) {
        to.key("usage").beginObject();
        for (Share share : shares) {
          share.write(to, part.text.length());
        }
        to.endObject();
      }
      out.add(to.endObject().toBytes());
    }
    return out;
  }

  private static void vector(JsonWriter to, JsonText json, int item, int index) {
    to.beginObject();
    for (int key = item + 1; key < json.next(item); key = json.next(key + 1)) {
      to.key(json.string(key));
      if (json.stringEquals(key, "index")) {
        to.number(index);
      } else {
        to.raw(json, key + 1);
      }
    }
    to.endObject();
  }

  /** A count of the whole call, shared out by length; the shares sum up to it exactly. */
  private static final class Share {
    private final String name;
    private final double total;
    private final long bytes;
    private long seen;
    private long given;

    Share(JsonText json, String name, long bytes) {
      this.name = name;
      this.bytes = bytes;
      int usage = json.member(0, "usage");
      int count = usage < 0 ? -1 : json.member(usage, name);
      this.total = count < 0 ? Double.NaN : json.number(count);
    }

    boolean known() {
      return !Double.isNaN(total);
    }

    void write(JsonWriter to, long length) {
      if (known()) {
        seen += length;
        long upTo = Math.round(total * seen / bytes);
        to.key(name).number(upTo - given);
        given = upTo;
      }
    }
  }

  @Override
  public void refuse(ErrorAnswer error, RouteInfo route) {
    if (!over) {
      alone();
    }
  }

  private void alone() {
    end();
    for (Part part : parts) {
      Member member = part.member;
      if (member != null) {
        member.alone();
      }
    }
  }

  private void end() {
    over = true;
    stopTimer();
    if (!begun) {
      closed.run();
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  @Override
  public void open(RouteInfo route) {
    throw new IllegalStateException("embeddings are no stream");
  }

  @Override
  public void events(ByteBuf frames) {
    frames.release();
    throw new IllegalStateException("embeddings are no stream");
  }

  @Override
  public void close() {
    throw new IllegalStateException("embeddings are no stream");
  }

  @Override
  public void breakOff(ErrorAnswer error) {
    throw new IllegalStateException("embeddings are no stream");
  }

  @Override
  public boolean isWritable() {
    return true;
  }
}
