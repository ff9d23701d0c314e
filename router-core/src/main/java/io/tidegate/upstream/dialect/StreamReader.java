package io.tidegate.upstream.dialect;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SseReader;
import io.tidegate.wire.SseTemplate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one attempt's stream (status 200, {@code text/event-stream}) piece by piece. What goes out are whole {@code data: {json}\n\n} frames in
 * OpenAI's form: no {@code id}, {@code event}, {@code retry} or comment lines, no {@code [DONE]}.
 *
 * <p>A full answer is a finish reason for each choice, then {@code [DONE]}, then the end of the body, and no error event, in every dialect
 * (upstreams 6). Each event is parsed strictly, but for frames that {@link SseTemplate} proves to be like one that was.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th></th><th>event</th><th>[DONE]</th><th>fault</th><th>{@link #end}</th></tr>
 * <tr><td>OPEN</td><td>frames</td><td>all finished: DONE, else INCOMPLETE</td><td>FAILED</td><td>INCOMPLETE</td></tr>
 * <tr><td>DONE</td><td>PROTOCOL</td><td>PROTOCOL</td><td>FAILED</td><td>ENDED</td></tr>
 * <tr><td>ENDED, FAILED</td><td>ignored</td><td>ignored</td><td>ignored</td><td>ignored</td></tr>
 * </table>
 *
 * <p>Confined to one thread (the request's loop). Does not call itself again from {@link Output}.
 */
public final class StreamReader {
  static final int MAX_LINE_BYTES = 1 << 20;
  static final int MAX_EVENT_BYTES = 4 << 20;
  /** Keep-alives and events without content in a row: an hour of pings each 100 ms, far below a flood. */
  static final int MAX_IDLE_EVENTS = 100_000;

  private static final int KEPT_BUFFER = 64 << 10;
  private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};
  private static final byte[] FRAME_HEAD = {'d', 'a', 't', 'a', ':', ' '};
  private static final JsonLimits LIMITS = new JsonLimits(64, 500_000, 64, 10_000);

  private final StreamEvents events;
  private final Output output;
  private final SseTemplate template = new SseTemplate();
  private final SseReader sse = new SseReader(MAX_LINE_BYTES, MAX_EVENT_BYTES, new Lines());

  private State state = State.OPEN;
  private @Nullable AttemptFailure failure;
  private byte[] frames = new byte[1024];
  private int framesLength;
  private int idle;
  private long contentEvents;

  private enum State { OPEN, DONE, ENDED, FAILED }

  public StreamReader(AnswerShape shape, Output output) {
    this.events = new StreamEvents(shape);
    this.output = output;
  }

  /** Takes what {@link #feed} and {@link #end} make of the stream. */
  public interface Output {
    /**
     * Whole frames, lent for the call.
     *
     * @param content true once any frame since the start held content
     * @param same the frames are exactly the bytes just fed: the caller may pass its own buffer on instead of a copy
     */
    void frames(byte[] buffer, int offset, int length, boolean content, boolean same);

    /** The stream was whole. Nothing follows. */
    void ended(Usage usage);

    /** Nothing follows; the connection must not be used again. */
    void failed(AttemptFailure failure);
  }

  /** Reads a piece, borrowed for the call. */
  public void feed(byte[] buffer, int offset, int length) {
    if (state == State.ENDED || state == State.FAILED) {
      return;
    }
    boolean wasCommitted = events.committed();
    int from = offset;
    int end = offset + length;
    if (wasCommitted && state == State.OPEN && template.learnt() && sse.betweenEvents()) {
      int plain = template.match(buffer, offset, end);
      if (plain > offset) {
        idle = 0;
        contentEvents++;
        if (plain == end) {
          output.frames(buffer, offset, length, true, true);
          return;
        }
        append(buffer, offset, plain);
        from = plain;
      }
    }
    if (!sse.feed(buffer, from, end - from)) {
      fail(Kind.OVERSIZED);
    }
    // With a fault in the very piece that brought the first content, nothing has gone out: the attempt can still be made elsewhere.
    if (framesLength > 0 && (failure == null || wasCommitted)) {
      output.frames(frames, 0, framesLength, events.committed(), false);
    }
    framesLength = 0;
    if (frames.length > KEPT_BUFFER) {
      frames = new byte[1024];
    }
    report();
  }

  /** The body ended as HTTP says it should. */
  public void end() {
    if (state == State.DONE) {
      state = State.ENDED;
      output.ended(events.usage());
    } else if (state == State.OPEN) {
      fail(Kind.INCOMPLETE);
      report();
    }
  }

  /**
   * Whether a whole answer and {@code [DONE]} were seen: only the end of the body is missing. Wait for that a moment, then call {@link #end} and
   * close the connection.
   */
  public boolean done() {
    return state == State.DONE;
  }

  /** Grows with each piece that held content: what resets an idle timer. Keep-alives and empty events do not. */
  public long contentEvents() {
    return contentEvents;
  }

  /** As far as the upstream has said. */
  public Usage usage() {
    return events.usage();
  }

  private void report() {
    if (state == State.OPEN || state == State.DONE) {
      AttemptFailure found = failure;
      if (found != null) {
        state = State.FAILED;
        output.failed(found);
      }
    }
  }

  private void fail(Kind kind) {
    fail(AttemptFailure.of(kind));
  }

  private void fail(AttemptFailure found) {
    if (failure == null) {
      failure = found;
      sse.stop();
    }
  }

  private void append(byte[] b, int from, int to) {
    room(to - from);
    System.arraycopy(b, from, frames, framesLength, to - from);
    framesLength += to - from;
  }

  private void room(int count) {
    if (count > frames.length - framesLength) {
      frames = Arrays.copyOf(frames, Math.max(framesLength + count, frames.length * 2));
    }
  }

  /** JSON may hold line ends between tokens (several {@code data} lines, or CR and LF); in a frame they become spaces. */
  private void frame(byte[] json) {
    room(FRAME_HEAD.length + json.length + 2);
    append(FRAME_HEAD, 0, FRAME_HEAD.length);
    for (byte b : json) {
      frames[framesLength++] = b == '\n' || b == '\r' ? (byte) ' ' : b;
    }
    frames[framesLength++] = '\n';
    frames[framesLength++] = '\n';
  }

  private void idled() {
    if (++idle > MAX_IDLE_EVENTS) {
      fail(Kind.OVERSIZED);
    }
  }

  private void event(byte[] b, int offset, int length, String type) {
    int from = offset;
    int to = offset + length;
    while (from < to && b[from] == ' ') {
      from++;
    }
    while (to > from && b[to - 1] == ' ') {
      to--;
    }
    if (state == State.DONE) {
      fail(Kind.PROTOCOL);
    } else if (Arrays.equals(b, from, to, DONE, 0, DONE.length)) {
      if (events.allFinished()) {
        state = State.DONE;
      } else {
        fail(Kind.INCOMPLETE);
      }
    } else {
      json(Arrays.copyOfRange(b, from, to), type);
    }
  }

  private void json(byte[] bytes, String type) {
    boolean error = type.equals("error");
    JsonText json;
    try {
      json = JsonText.parse(bytes, LIMITS);
    } catch (JsonException e) {
      fail(error ? Kind.SERVER_ERROR : e.tooLarge() ? Kind.OVERSIZED : Kind.PROTOCOL);
      return;
    }
    if (error) {
      fail(ErrorReader.inStream(UpstreamError.bare(json)));
      return;
    }
    StreamEvents.Outcome outcome = events.read(json);
    AttemptFailure found = outcome.failure();
    if (found != null) {
      fail(found);
      return;
    }
    if (!outcome.dropped()) {
      byte[] rewritten = outcome.rewritten();
      frame(rewritten == null ? bytes : rewritten);
    }
    if (outcome.content()) {
      idle = 0;
      contentEvents++;
    } else {
      idled();
    }
    if (outcome.textNode() >= 0) {
      template.learn(json, outcome.textNode());
    }
  }

  private final class Lines implements SseReader.Listener {
    @Override
    public void event(byte[] buffer, int offset, int length, String type) {
      StreamReader.this.event(buffer, offset, length, type);
    }

    @Override
    public void keepAlive() {
      idled();
    }

    /** Old llama.cpp says {@code error: {…}}; JSON or HTML without framing is no stream at all. Anything else the standard says to ignore. */
    @Override
    public void stray(byte[] buffer, int offset, int length) {
      if (length > 6 && buffer[offset] == 'e' && buffer[offset + 1] == 'r' && buffer[offset + 2] == 'r' && buffer[offset + 3] == 'o'
          && buffer[offset + 4] == 'r' && buffer[offset + 5] == ':') {
        json(Arrays.copyOfRange(buffer, offset + 6, offset + length), "error");
      } else if (buffer[offset] == '{' || buffer[offset] == '<') {
        fail(Kind.PROTOCOL);
      } else {
        idled();
      }
    }
  }
}
