package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.tidegate.ingress.http.HeadWriter.Persistence;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 request under way, and the sink of its answer. Takes exactly one end (G5): what is said after it is dropped, so that no late word
 * can reach the next request of the connection. Confined to its connection's loop.
 */
final class H1Exchange implements AnswerSink, Intake.Answerer {
  private static final byte[] DONE = Ascii.bytes("data: [DONE]\n\n");
  private static final byte[] PING = Ascii.bytes(": waiting\n");
  private static final byte[] HEX = Ascii.bytes("0123456789abcdef");
  /** Frames up to this size are copied behind their chunk's size, so that the two leave as one buffer. */
  private static final int COPY_BYTES = 1024;

  private final H1Connection connection;
  private final Intake intake;
  private final String id;
  private final Persistence persistence;
  private final boolean http10;
  private final boolean headOnly;
  private Line.@Nullable Walk walk;
  private boolean opened;
  /** Of an event stream under way: what its head said of the connection. */
  private Persistence said = Persistence.CLOSE;
  /** A file is being sent: how the connection goes on after it. */
  private @Nullable Persistence content;
  private boolean done;
  /** A chunk's closing CR LF is written with what comes next. */
  private boolean chunkOpen;
  private boolean wroteSinceSweep;
  private long quietSinceNanos;

  H1Exchange(H1Connection connection, Intake intake, String id, Persistence persistence, boolean http10, boolean headOnly) {
    this.connection = connection;
    this.intake = intake;
    this.id = id;
    this.persistence = persistence;
    this.http10 = http10;
    this.headOnly = headOnly;
  }

  String id() {
    return id;
  }

  /** The walk that answers here; null if there is none. */
  void walking(Line.@Nullable Walk started) {
    if (!done) {
      walk = started;
    }
  }

  void writable() {
    Line.Walk current = walk;
    if (current != null && !done) {
      current.writable();
    }
  }

  /** The connection is gone. */
  void callerLeft() {
    Line.Walk current = walk;
    walk = null;
    if (!done) {
      done = true;
      if (current != null) {
        current.cancel();
      }
    }
  }

  /** A bug inside: still one clear error. */
  void fault() {
    if (opened) {
      breakOff(Faults.INTERNAL);
    } else {
      refuse(Faults.INTERNAL);
    }
  }

  /** The answer ends here, with a word (G5). */
  void cutShort() {
    Line.Walk current = walk;
    if (content != null) {
      contentFails();
    } else if (opened) {
      breakOff(Faults.DRAINING);
    } else {
      refuse(Faults.DRAINING);
    }
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public void complete(@Nullable RouteInfo route, ByteBuf json) {
    if (done || opened) {
      json.release();
      return;
    }
    Persistence how = persistence();
    connection.out.write(connection.writer.complete(connection.channel().alloc(), id, route, json, how));
    end(how);
  }

  @Override
  public void refuse(ErrorAnswer error) {
    refuse(error, null);
  }

  @Override
  public void refuse(ErrorAnswer error, @Nullable RouteInfo route) {
    if (done || opened) {
      return;
    }
    intake.count(error);
    Persistence how = persistence();
    connection.out.write(connection.writer.error(connection.channel().alloc(), id, route, error, headOnly, how));
    end(how);
  }

  @Override
  public void contentBegins(long bytes) {
    if (done || opened) {
      return;
    }
    opened = true;
    Persistence how = persistence();
    content = how;
    connection.out.write(connection.writer.content(connection.channel().alloc(), id, bytes, how));
    connection.out.flushSoon();
  }

  @Override
  public void contentPiece(ByteBuf piece, boolean last) {
    Persistence how = content;
    if (done || how == null) {
      piece.release();
      return;
    }
    connection.out.write(piece);
    if (last) {
      end(how);
    } else {
      connection.out.flushSoon();
    }
  }

  /** Fewer bytes than were announced: the connection must not go on. */
  @Override
  public void contentFails() {
    if (!done) {
      done = true;
      walk = null;
      connection.channel().close();
    }
  }

  @Override
  public void open(RouteInfo route) {
    if (done || opened) {
      return;
    }
    opened = true;
    quietSinceNanos = connection.loopState.loop.nanos();
    Persistence how = http10 ? Persistence.CLOSE : persistence();
    said = how;
    connection.out.write(connection.writer.stream(connection.channel().alloc(), id, route, !http10, how));
    connection.out.flushSoon();
  }

  @Override
  public void events(ByteBuf frames) {
    if (done || !opened || !frames.isReadable()) {
      frames.release();
      return;
    }
    wroteSinceSweep = true;
    int size = frames.readableBytes();
    if (size <= COPY_BYTES) {
      ByteBuf chunk = connection.channel().alloc().ioBuffer(size + 16);
      chunkSize(chunk, size);
      chunk.writeBytes(frames);
      frames.release();
      connection.out.write(chunk);
    } else {
      ByteBuf size16 = connection.channel().alloc().ioBuffer(16);
      chunkSize(size16, size);
      connection.out.write(size16);
      connection.out.write(frames);
    }
    connection.out.flushSoon();
  }

  @Override
  public void close() {
    last(DONE, said);
  }

  /** The error stands where the end mark would, so nothing takes the answer for whole. The body ends in form: the connection is as good as before. */
  @Override
  public void breakOff(ErrorAnswer error) {
    intake.count(error);
    last(ErrorJson.frame(error), said);
  }

  @Override
  public boolean isWritable() {
    return connection.channel().isWritable();
  }

  /** A comment line into a stream that has been silent: proxies and clients see that it lives (upstreams.md, section 1 (f)). */
  void ping(long now) {
    if (!opened || done || content != null) {
      return;
    }
    if (wroteSinceSweep) {
      wroteSinceSweep = false;
      quietSinceNanos = now;
    } else if (now - quietSinceNanos >= intake.config.pingEvery().toNanos()) {
      quietSinceNanos = now;
      connection.out.write(framed(PING));
      connection.out.flushSoon();
    }
  }

  private void last(byte[] text, Persistence how) {
    if (done || !opened) {
      return;
    }
    ByteBuf out = framed(text);
    if (!http10) {
      out.writeBytes(Ascii.bytes("\r\n0\r\n\r\n"));
    }
    connection.out.write(out);
    end(how);
  }

  private ByteBuf framed(byte[] text) {
    ByteBuf out = connection.channel().alloc().ioBuffer(text.length + 32);
    chunkSize(out, text.length);
    return out.writeBytes(text);
  }

  private void chunkSize(ByteBuf out, int size) {
    if (http10) {
      return;
    }
    if (chunkOpen) {
      out.writeByte('\r').writeByte('\n');
    }
    chunkOpen = true;
    int shift = 28;
    while (shift > 0 && size >>> shift == 0) {
      shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
      out.writeByte(HEX[size >>> shift & 15]);
    }
    out.writeByte('\r').writeByte('\n');
  }

  private void end(Persistence how) {
    done = true;
    walk = null;
    connection.answered(this, how);
  }

  private Persistence persistence() {
    return connection.leaving() ? Persistence.CLOSE : persistence;
  }
}
