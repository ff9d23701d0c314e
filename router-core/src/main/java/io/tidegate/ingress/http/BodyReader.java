package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.jobs.JobDesk;
import io.tidegate.model.ErrorAnswer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects one request's body into one array, framed by a length, by chunks, or by HTTP/2's own frames (hazards D1, D5, E7). Memory grows with
 * what has come, not with what was announced, and is taken from the budget first (G8). Not thread-safe: confined to its connection's loop.
 */
final class BodyReader {
  /** What {@link #feed} found. */
  enum Progress { MORE, DONE, REFUSED }

  /** Where a chunked body stands: what byte must come next. */
  private enum Chunk { SIZE_FIRST, SIZE, SIZE_LF, BYTES, BYTES_CR, BYTES_LF, END_CR, END_LF }

  /** Allocated at once for an announced body of up to this length. */
  private static final int EAGER_BYTES = 64 << 10;
  private static final int MAX_SIZE_DIGITS = 8;
  /** What must come, at the least, in each span of time. */
  private static final int MIN_PROGRESS = 1 << 10;
  private static final byte[] NOTHING = {};

  private final BodyBudget budget;
  private final int mostBytes;

  /** Of this body. */
  private int maxBytes;
  /** Where this body goes; null if it is kept here. */
  private JobDesk.@Nullable Upload upload;
  private byte[] bytes = NOTHING;
  private int size;
  /** Taken from the budget. */
  private long taken;
  private boolean discarding;
  private boolean chunked;
  /** Announced length, -1 if none. */
  private long length;
  private Chunk chunk = Chunk.SIZE_FIRST;
  private long chunkLeft;
  private int sizeDigits;
  private ErrorAnswer fault = Faults.CHUNK;
  /** What takes the body is behind. */
  private boolean behind;
  private long dueNanos;
  /** What had come when its time began. */
  private int mark;

  BodyReader(BodyBudget budget, int maxBytes) {
    this.budget = budget;
    this.mostBytes = maxBytes;
    this.maxBytes = maxBytes;
  }

  /**
   * Starts a body.
   *
   * @param announced its length, -1 if it was not said
   * @param discard count and check, but keep nothing: the answer is known already
   */
  void begin(boolean isChunked, long announced, boolean discard) {
    chunked = isChunked;
    length = announced;
    discarding = discard;
    maxBytes = mostBytes;
    upload = null;
    bytes = NOTHING;
    size = 0;
    chunk = Chunk.SIZE_FIRST;
    chunkLeft = 0;
    sizeDigits = 0;
  }

  /** This body goes on as it comes, and is not kept. */
  void passTo(JobDesk.Upload to, long limit) {
    upload = to;
    maxBytes = (int) Math.min(Integer.MAX_VALUE - (1 << 20), limit);
  }

  /** True if what takes the body has just fallen behind: its sender must wait. {@code room} is run when there is room again, and calls {@link #goOn}. */
  boolean fallsBehind(Runnable room) {
    JobDesk.Upload to = upload;
    if (behind || to == null || !to.crowded(room)) {
      return false;
    }
    behind = true;
    return true;
  }

  /** What takes the body has caught up. */
  void goOn(long nowNanos, Duration span) {
    behind = false;
    expect(nowNanos, span);
  }

  /** More of it must come within {@code span}. */
  void expect(long nowNanos, Duration span) {
    dueNanos = nowNanos + span.toNanos();
    mark = size;
  }

  /** Whether too little came in its time. If enough did, it has as much time again. */
  boolean tooSlow(long nowNanos, Duration span) {
    if (behind || nowNanos - dueNanos < 0) {
      return false;
    }
    if (size - mark < MIN_PROGRESS) {
      return true;
    }
    expect(nowNanos, span);
    return false;
  }

  /** What took the body, which is whole; null if it was kept here. */
  JobDesk.@Nullable Upload taken() {
    JobDesk.Upload to = upload;
    upload = null;
    return to;
  }

  /** Bytes of the body that have come. */
  int size() {
    return size;
  }

  ErrorAnswer fault() {
    return fault;
  }

  /** Takes bytes of an HTTP/1 body up to its end, and no further. {@code in} is borrowed. */
  Progress feed(ByteBuf in) {
    if (chunked) {
      return feedChunks(in);
    }
    int take = (int) Math.min(in.readableBytes(), length - size);
    if (!append(in, take)) {
      return Progress.REFUSED;
    }
    return size == length ? Progress.DONE : Progress.MORE;
  }

  /** Takes all of one HTTP/2 DATA frame. {@code in} is borrowed. */
  Progress feedFrame(ByteBuf in, boolean last) {
    if (!append(in, in.readableBytes())) {
      return Progress.REFUSED;
    }
    if (length >= 0 && (size > length || last && size != length)) {
      return refuse(Faults.LENGTH_MISMATCH);
    }
    return last ? Progress.DONE : Progress.MORE;
  }

  /** The body, exactly; the reader keeps no claim on it. The budget is given back by {@link #release}. */
  byte[] take() {
    byte[] whole = bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    bytes = NOTHING;
    size = 0;
    return whole;
  }

  /** Gives back the memory's share of the budget; to be called when the request has ended. */
  void release() {
    bytes = NOTHING;
    size = 0;
    JobDesk.Upload half = upload;
    upload = null;
    if (half != null) {
      half.abort();
    }
    budget.give(taken);
    taken = 0;
  }

  private Progress feedChunks(ByteBuf in) {
    while (in.isReadable()) {
      if (chunk == Chunk.BYTES) {
        int take = (int) Math.min(in.readableBytes(), chunkLeft);
        if (!append(in, take)) {
          return Progress.REFUSED;
        }
        chunkLeft -= take;
        if (chunkLeft == 0) {
          chunk = Chunk.BYTES_CR;
        }
        continue;
      }
      byte b = in.readByte();
      ErrorAnswer wrong = frame(b);
      if (wrong != null) {
        return refuse(wrong);
      }
      if (chunk == Chunk.END_LF && b == Ascii.LF) {
        return Progress.DONE;
      }
    }
    return Progress.MORE;
  }

  /** One byte of framing. The state moves on; the last LF leaves it at {@code END_LF}. */
  private @Nullable ErrorAnswer frame(byte b) {
    switch (chunk) {
      case SIZE_FIRST, SIZE -> {
        if (b == Ascii.CR && chunk == Chunk.SIZE) {
          chunk = Chunk.SIZE_LF;
          return null;
        }
        int digit = hex(b);
        if (digit < 0 || ++sizeDigits > MAX_SIZE_DIGITS) {
          return Faults.CHUNK;
        }
        chunkLeft = chunkLeft << 4 | digit;
        chunk = Chunk.SIZE;
        return size + chunkLeft > maxBytes ? Faults.BODY_TOO_LARGE : null;
      }
      case SIZE_LF -> {
        chunk = chunkLeft == 0 ? Chunk.END_CR : Chunk.BYTES;
        return b == Ascii.LF ? null : Faults.CHUNK;
      }
      case BYTES_CR -> {
        chunk = Chunk.BYTES_LF;
        return b == Ascii.CR ? null : Faults.CHUNK;
      }
      case BYTES_LF -> {
        chunk = Chunk.SIZE_FIRST;
        sizeDigits = 0;
        return b == Ascii.LF ? null : Faults.CHUNK;
      }
      case END_CR -> {
        chunk = Chunk.END_LF;
        return b == Ascii.CR ? null : Faults.TRAILERS;
      }
      case END_LF -> {
        return b == Ascii.LF ? null : Faults.CHUNK;
      }
      case BYTES -> throw new IllegalStateException("bytes are not framing");
    }
    return null;
  }

  private boolean append(ByteBuf in, int count) {
    long after = (long) size + count;
    if (after > maxBytes) {
      refuse(Faults.BODY_TOO_LARGE);
      return false;
    }
    JobDesk.Upload to = upload;
    if (discarding) {
      in.skipBytes(count);
    } else if (to != null) {
      if (count > 0) {
        byte[] piece = new byte[count];
        in.readBytes(piece);
        to.bytes(piece);
      }
    } else {
      if (after > bytes.length && !grow((int) after)) {
        return false;
      }
      in.readBytes(bytes, size, count);
    }
    size = (int) after;
    return true;
  }

  private boolean grow(int needed) {
    long capacity = length >= 0 && length <= EAGER_BYTES ? length : Math.max(needed, Math.min(bytes.length * 2L, maxBytes));
    if (length > 0) {
      capacity = Math.min(capacity, length);
    }
    capacity = Math.max(capacity, needed);
    long more = capacity - taken;
    if (more > 0) {
      if (!budget.take(more)) {
        refuse(Faults.BODIES_BUSY);
        return false;
      }
      taken += more;
    }
    bytes = Arrays.copyOf(bytes, (int) capacity);
    return true;
  }

  private Progress refuse(ErrorAnswer why) {
    fault = why;
    return Progress.REFUSED;
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
