package io.tidegate.fake;

import io.netty.buffer.ByteBuf;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.BatchSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;

/** A batch on a scripted line: every item walks at once. Confined to its loop. */
public final class ItemWalks implements Line.Walk {
  private final BatchSink sink;
  private final List<Line.Walk> walks = new ArrayList<>();
  private int left;

  private ItemWalks(BatchSink sink, int items) {
    this.sink = sink;
    this.left = items;
  }

  public static Line.Walk begin(Line line, List<ModelRequest> batch, BatchSink sink, Loop loop) {
    ItemWalks all = new ItemWalks(sink, batch.size());
    if (batch.isEmpty()) {
      sink.done();
    }
    for (int i = 0; i < batch.size(); i++) {
      all.walks.add(line.walk(batch.get(i), all.new Item(i), loop));
    }
    return all;
  }

  @Override
  public void cancel() {
    walks.forEach(Line.Walk::cancel);
  }

  @Override
  public void writable() {}

  private void ended() {
    if (--left == 0) {
      sink.done();
    }
  }

  private final class Item implements AnswerSink {
    private final int item;

    Item(int item) {
      this.item = item;
    }

    @Override
    public void complete(RouteInfo route, ByteBuf json) {
      sink.answered(item, route, json);
      ended();
    }

    @Override
    public void refuse(ErrorAnswer error, RouteInfo route) {
      sink.refused(item, error, route);
      ended();
    }

    @Override
    public void open(RouteInfo route) {
      throw new AssertionError("an item is no stream");
    }

    @Override
    public void events(ByteBuf frames) {
      throw new AssertionError("an item is no stream");
    }

    @Override
    public void close() {
      throw new AssertionError("an item is no stream");
    }

    @Override
    public void breakOff(ErrorAnswer error) {
      throw new AssertionError("an item is no stream");
    }

    @Override
    public boolean isWritable() {
      return true;
    }
  }
}
