package io.tidegate.lab.plan;

import java.util.List;

/**
 * The answering side of one request: what a {@link Step} can do to a connection. Confined to the connection's event loop.
 * Calls after the client has left are ignored.
 */
public interface Wire {
  /**
   * Sends status and fields.
   *
   * @param length body bytes to come, or -1 if not known (chunked on HTTP/1.1)
   */
  void head(int status, List<Field> fields, long length);

  /** Sends one framed piece of the body: one chunk on HTTP/1.1, one DATA frame on HTTP/2. */
  void body(byte[] bytes, int from, int to);

  /** Sends a piece that stops in the middle. HTTP/2 has no size line: there the piece is left out. */
  void half(byte[] bytes, Cut cut);

  /** Pushes out what was written. */
  void flush();

  /** Ends the answer as its framing asks. */
  void end();

  /** Stops without ending the framing: FIN on HTTP/1.1, an early END_STREAM on HTTP/2. */
  void stop();

  /** Closes the connection under every request on it, with FIN. */
  void disconnect();

  /** RST on HTTP/1.1, RST_STREAM(INTERNAL_ERROR) on HTTP/2. */
  void reset();

  /** RST_STREAM(REFUSED_STREAM) on HTTP/2; RST on HTTP/1.1. */
  void refuse();

  /** GOAWAY whose last stream includes this one or not; on HTTP/1.1 announces close, or resets if not included. */
  void goAway(boolean includesThis);

  /** SETTINGS with a new MAX_CONCURRENT_STREAMS; nothing on HTTP/1.1. */
  void limitStreams(long streams);

  /** Announces {@code connection: close} with the next head and closes after the answer; GOAWAY on HTTP/2. */
  void closeAfterwards();

  /** From the end of this answer on: closes the connection, unanswered, when the next request's head arrives. */
  void closeOnNextRequest();

  /** Whether more can be written without piling up in memory. */
  boolean writable();

  /** Where a half piece stops. */
  enum Cut {
    /** Inside the hexadecimal digits of a chunk's size line. */
    SIZE_LINE,
    /** Inside a {@code data:} line, between two characters. */
    DATA,
    /** Between two bytes of one UTF-8 character. */
    CODE_POINT
  }
}
