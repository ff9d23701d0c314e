package io.tidegate.assay.world;

import io.netty.buffer.ByteBuf;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/** The caller of a rehearsed request. Confined to one thread. */
final class HeardAnswer implements AnswerSink {
  @Nullable RouteInfo route;
  @Nullable Refusal refusal;
  boolean brokenOff;
  int answers;

  @Override
  public void complete(RouteInfo how, ByteBuf json) {
    json.release();
    route = how;
    answers++;
  }

  @Override
  public void open(RouteInfo how) {
    route = how;
  }

  @Override
  public void events(ByteBuf frames) {
    frames.release();
  }

  @Override
  public void close() {
    answers++;
  }

  @Override
  public void refuse(ErrorAnswer error, RouteInfo how) {
    route = how;
    refusal = error.refusal();
    answers++;
  }

  @Override
  public void breakOff(ErrorAnswer error) {
    refusal = error.refusal();
    brokenOff = true;
    answers++;
  }

  @Override
  public boolean isWritable() {
    return true;
  }
}
