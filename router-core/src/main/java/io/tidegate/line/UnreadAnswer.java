package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;

/** A sink for an answer that nobody reads as it comes: only that it is over matters. On its walk's loop. */
public abstract class UnreadAnswer implements AnswerSink {
  /** @param answered whole; else it was refused, or broke off */
  protected abstract void over(boolean answered);

  @Override
  public void complete(RouteInfo route, ByteBuf json) {
    json.release();
    over(true);
  }

  @Override
  public void open(RouteInfo route) {}

  @Override
  public void events(ByteBuf frames) {
    frames.release();
  }

  @Override
  public void close() {
    over(true);
  }

  @Override
  public void refuse(ErrorAnswer error, RouteInfo route) {
    over(false);
  }

  @Override
  public void breakOff(ErrorAnswer error) {
    over(false);
  }

  @Override
  public boolean isWritable() {
    return true;
  }
}
