package io.tidegate.schedule;

import io.netty.buffer.ByteBuf;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request, its caller, and what is known of both; or what is asked again behind a reader, which has none. */
final class Asked implements AnswerSink {
  /** How an answer ended. */
  enum End { WHOLE, REFUSED, BROKEN_OFF }

  final ModelRequest request;
  final TextKind kind;
  final String text;
  final PolicyName policy;
  final Loop loop;
  final List<Attempted> attempts = new ArrayList<>();
  final StringBuilder said = new StringBuilder();
  private final Watch watch;
  /** Given a stale answer, behind which this asks again; null for a caller's request. */
  final @Nullable Asked reader;
  Sensitivity least;
  Line.@Nullable Walk walk;
  @Nullable RouteInfo route;
  @Nullable ErrorAnswer error;
  @Nullable End end;
  boolean open;
  boolean left;
  boolean reads = true;
  /** Its socket was full at some time: then its pace was its own. */
  boolean wasFull;
  int whileFull;
  int leavesAt = -1;
  /** Detectors outside, records on their way to the disk: what it is known to wait for. */
  int awaited;

  Asked(ModelRequest request, TextKind kind, String text, PolicyName policy, Loop loop, Watch watch) {
    this(request, kind, text, policy, loop, watch, null);
  }

  private Asked(ModelRequest request, TextKind kind, String text, PolicyName policy, Loop loop, Watch watch, @Nullable Asked reader) {
    this.reader = reader;
    this.request = request;
    this.kind = kind;
    this.text = text;
    this.policy = policy;
    this.loop = loop;
    this.watch = watch;
    this.least = kind.least;
  }

  static Asked behind(Asked reader, ModelRequest request, PolicyName policy, Watch watch) {
    return new Asked(request, reader.kind, reader.text, policy, reader.loop, watch, reader);
  }

  String id() {
    return request.id();
  }

  boolean isOver() {
    return left || end != null;
  }

  /** Whether nobody hears what this brings. */
  boolean isRefresh() {
    return reader != null;
  }

  /** Content of an attempt goes to the line: nobody else would say when nobody hears it. */
  void content() {
    open |= isRefresh();
  }

  void failed(Attempted attempt, AttemptFailure why) {
    watch.failed(attempt, why);
  }

  /** The caller goes away. */
  void leave() {
    Line.Walk walking = walk;
    if (!isOver() && walking != null) {
      left = true;
      walking.cancel();
    }
  }

  @Override
  public void complete(RouteInfo how, ByteBuf json) {
    said.append(taken(json));
    route = how;
    watch.given(how);
    called(!open && !isOver(), "a whole answer");
    ends(End.WHOLE);
  }

  @Override
  public void open(RouteInfo how) {
    called(!open && !isOver(), "a stream's beginning");
    open = true;
    route = how;
    watch.given(how);
    inside();
  }

  @Override
  public void events(ByteBuf frames) {
    said.append(taken(frames));
    called(open && !isOver(), "events");
    whileFull = reads ? 0 : whileFull + 1;
    watch.expect(whileFull <= 2, id(), "G8 its socket is full, and events still come");
    inside();
  }

  @Override
  public void close() {
    called(open && !isOver(), "a stream's end");
    ends(End.WHOLE);
  }

  @Override
  public void refuse(ErrorAnswer answer, RouteInfo how) {
    called(!open && !isOver(), "a refusal");
    error = answer;
    route = how;
    ends(End.REFUSED);
  }

  @Override
  public void breakOff(ErrorAnswer answer) {
    called(open && !isOver(), "the word that it is incomplete");
    error = answer;
    ends(End.BROKEN_OFF);
  }

  @Override
  public boolean isWritable() {
    return reads;
  }

  private void called(boolean fits, String what) {
    watch.expect(fits, id(), "G5 " + what + " after " + (left ? "its caller had left" : end != null ? "its end" : open ? "its beginning" : "nothing"));
  }

  private void ends(End how) {
    if (end == null) {
      end = how;
      watch.ended(this);
    }
  }

  private void inside() {
    if (leavesAt >= 0 && leavesAt-- == 0) {
      leave();
    }
  }

  private static String taken(ByteBuf buffer) {
    String text = buffer.toString(StandardCharsets.UTF_8);
    buffer.release();
    return text;
  }
}
