package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/**
 * Where a batch's answers go; implemented by each ingress. Called on the batch's loop: one of {@link #answered} and {@link #refused} for each
 * item, in any order, then {@link #done}; or {@link #failed} instead of all (G5).
 */
public interface BatchSink {
  /** An item's whole answer. {@code json} is consumed. */
  void answered(int item, RouteInfo route, ByteBuf json);

  /** An error instead of an item's answer. */
  void refused(int item, ErrorAnswer error, @Nullable RouteInfo route);

  /** Every item has its end. */
  void done();

  /** No item was begun. */
  void failed(ErrorAnswer error);

  /** False while the caller takes no more: no further item is begun until {@link Line.Walk#writable}. */
  boolean isWritable();
}
