package io.tidegate.fake;

import io.netty.buffer.ByteBuf;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps one answer, and insists that there is exactly one (G5). */
public final class RecordingSink implements AnswerSink {
  public final List<String> calls = new ArrayList<>();
  public final StringBuilder frames = new StringBuilder();
  public @Nullable String json;
  public @Nullable RouteInfo route;
  public @Nullable ErrorAnswer error;
  public boolean writable = true;
  /** Runs inside each call, such as a cancel by a caller found gone. */
  public Runnable inside = () -> { };
  private boolean open;
  private boolean over;

  @Override
  public void complete(RouteInfo info, ByteBuf body) {
    end("complete");
    route = info;
    json = take(body);
    inside.run();
  }

  @Override
  public void open(RouteInfo info) {
    check(!open && !over, "open");
    open = true;
    route = info;
    calls.add("open");
    inside.run();
  }

  @Override
  public void events(ByteBuf more) {
    check(open && !over, "events");
    frames.append(take(more));
    inside.run();
  }

  @Override
  public void close() {
    check(open, "close");
    end("close");
    inside.run();
  }

  @Override
  public void refuse(ErrorAnswer answer, RouteInfo info) {
    check(!open, "refuse");
    end("refuse");
    error = answer;
    route = info;
    inside.run();
  }

  @Override
  public void breakOff(ErrorAnswer answer) {
    check(open, "breakOff");
    end("breakOff");
    error = answer;
    inside.run();
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  public boolean over() {
    return over;
  }

  private void end(String call) {
    check(!over, call);
    over = true;
    calls.add(call);
  }

  /** The caller left: nothing may come any more. */
  public void gone() {
    over = true;
    calls.add("gone");
  }

  private void check(boolean fine, String call) {
    if (!fine) {
      throw new AssertionError("G5: " + call + " after " + calls);
    }
  }

  private static String take(ByteBuf buffer) {
    String text = buffer.toString(StandardCharsets.UTF_8);
    buffer.release();
    return text;
  }
}
