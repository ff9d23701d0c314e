package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.classify.Neighbours;
import io.tidegate.jobs.PrefixOrder;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One batch: each item is a walk of its own, decided by itself (R2.2), so many at a time; but what spans items is looked for first, and raises
 * those items (decisions 12). Both by one policy: where another comes into force, what is left is looked at anew (A10). Items whose prompts begin alike are begun one after the other (R2.6). An item's failure is its own (R2.1). Confined to its loop.
 */
final class BatchWalk implements Line.Walk {
  /** Longer batches are read in the pool: about a millisecond. */
  private static final int LOOP_ITEMS = 8;
  private static final int LOOP_BYTES = 16 << 10;
  /** Where the pool has no room to look by another policy in the midst of a batch, it is asked again so much later. */
  private static final long AGAIN_NANOS = 20_000_000L;
  /** And not more often: after five seconds what is left is refused. */
  private static final int MOST_LOOKS = 250;

  private final Rooms rooms;
  private final Begin begin;
  private final List<ModelRequest> requests;
  private final int parallel;
  private final BatchSink sink;
  private final Loop loop;
  private final @Nullable Line.Walk[] walks;
  /** By which {@link #around} was found. */
  private Rules rules;
  private List<Findings> around = List.of();
  /** Items in the order in which they are begun. */
  private int[] order = {};
  private boolean ready;
  private Loop.@Nullable Timer later;
  /** In vain, one after the other. */
  private int looks;
  private boolean over;
  private boolean pumping;
  private int next;
  private int ended;

  /** How an item's walk is begun. */
  @FunctionalInterface
  interface Begin {
    Line.Walk walk(ModelRequest request, Rules rules, Findings around, AnswerSink sink, Loop loop);
  }

  BatchWalk(Rooms rooms, Begin begin, List<ModelRequest> requests, int parallel, BatchSink sink, Loop loop) {
    this.rooms = rooms;
    this.rules = rooms.rules().get();
    this.begin = begin;
    this.requests = List.copyOf(requests);
    this.parallel = parallel;
    this.sink = sink;
    this.loop = loop;
    this.walks = new Line.Walk[requests.size()];
  }

  void start() {
    look();
  }

  /** Looks for what spans items, by the policy in force. */
  private void look() {
    ready = false;
    Rules inForce = rooms.rules().get();
    List<JsonText> texts = new ArrayList<>(requests.size());
    long bytes = 0;
    for (ModelRequest request : requests) {
      texts.add(request.prompt().json());
      bytes += request.prompt().json().length();
    }
    try {
      if (texts.size() <= LOOP_ITEMS && bytes <= LOOP_BYTES) {
        read(inForce, Neighbours.of(inForce.classifier(), texts), order(texts));
      } else {
        rooms.scanPool().execute(() -> readInPool(inForce, texts));
      }
    } catch (RejectedExecutionException full) {
      if (next == 0 || ++looks > MOST_LOOKS) {
        fail(RequestLine.noRoom());
      } else {
        later = loop.schedule(this::lookAgain, AGAIN_NANOS);
      }
    } catch (Throwable defect) {
      failed(defect);
    }
  }

  private void readInPool(Rules by, List<JsonText> texts) {
    try {
      List<Findings> spanning = Neighbours.of(by.classifier(), texts);
      int[] alike = order(texts);
      loop.execute(() -> read(by, spanning, alike));
    } catch (Throwable defect) {
      loop.execute(() -> failed(defect));
    }
  }

  private void lookAgain() {
    later = null;
    look();
  }

  /** Of items that were begun the order stays. */
  private int[] order(List<JsonText> texts) {
    return order.length == 0 ? PrefixOrder.of(texts) : order;
  }

  private void read(Rules by, List<Findings> spanning, int[] alike) {
    if (order.length == 0) {
      rooms.meters().batch(requests.size());
    }
    rules = by;
    around = spanning;
    order = alike;
    looks = 0;
    ready = true;
    pump();
  }

  private void failed(Throwable defect) {
    rooms.meters().defect(defect);
    fail(ErrorAnswer.of(Refusal.INTERNAL, "The router failed on this batch. Nothing was sent."));
  }

  /** Nothing is known of the items together, so none more is begun (G2). */
  private void fail(ErrorAnswer error) {
    if (over) {
      return;
    }
    if (next == 0) {
      over = true;
      sink.failed(error);
      return;
    }
    while (next < requests.size()) {
      int item = order[next++];
      ended++;
      sink.refused(item, error, null);
    }
    ready = true;
    pump();
  }

  /** Begins what may be begun. An item may end before its walk's beginning has returned. */
  private void pump() {
    if (pumping || !ready) {
      return;
    }
    pumping = true;
    try {
      while (ready && !over && next < requests.size() && next - ended < parallel && sink.isWritable()) {
        if (rooms.rules().get() != rules) {
          look();
          continue;
        }
        int item = order[next++];
        ItemSink answer = new ItemSink(item);
        Line.Walk walk = begin.walk(requests.get(item), rules, around.get(item), answer, loop);
        if (!answer.ended) {
          walks[item] = walk;
        }
      }
    } finally {
      pumping = false;
    }
    if (!over && ended == requests.size()) {
      over = true;
      sink.done();
    }
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    over = true;
    if (later != null) {
      later.cancel();
      later = null;
    }
    for (int i = 0; i < walks.length; i++) {
      Line.Walk walk = walks[i];
      walks[i] = null;
      if (walk != null) {
        walk.cancel();
      }
    }
  }

  @Override
  public void writable() {
    pump();
  }

  /** One item's answer. Items are never streams. */
  private final class ItemSink implements AnswerSink {
    private final int item;
    private boolean ended;

    ItemSink(int item) {
      this.item = item;
    }

    @Override
    public void complete(RouteInfo route, ByteBuf json) {
      if (over) {
        json.release();
        return;
      }
      end();
      sink.answered(item, route, json);
      pump();
    }

    @Override
    public void refuse(ErrorAnswer error, RouteInfo route) {
      if (over) {
        return;
      }
      end();
      sink.refused(item, error, route);
      pump();
    }

    private void end() {
      ended = true;
      walks[item] = null;
      BatchWalk.this.ended++;
    }

    @Override
    public void open(RouteInfo route) {
      throw new IllegalStateException("an item of a batch is no stream");
    }

    @Override
    public void events(ByteBuf frames) {
      frames.release();
      throw new IllegalStateException("an item of a batch is no stream");
    }

    @Override
    public void close() {
      throw new IllegalStateException("an item of a batch is no stream");
    }

    @Override
    public void breakOff(ErrorAnswer error) {
      throw new IllegalStateException("an item of a batch is no stream");
    }

    @Override
    public boolean isWritable() {
      return true;
    }
  }
}
