package io.tidegate.lab.record;

import io.tidegate.lab.plan.Request;

/**
 * A request as decoded from its connection. Prints no content.
 */
public final class ReceivedRequest {
  private final long number;
  private final int connection;
  private final boolean http2;
  private final long atNanos;
  private final Request request;

  ReceivedRequest(long number, int connection, boolean http2, long atNanos, Request request) {
    this.number = number;
    this.connection = connection;
    this.http2 = http2;
    this.atNanos = atNanos;
    this.request = request;
  }

  /** Counts from 1 in the order the requests were complete. */
  public long number() {
    return number;
  }

  /** Number of the connection it came over, from 1. */
  public int connection() {
    return connection;
  }

  public boolean http2() {
    return http2;
  }

  /** When the request was complete, on {@link System#nanoTime}. */
  public long atNanos() {
    return atNanos;
  }

  public Request request() {
    return request;
  }

  /** A POST, so a call that carries a body; health probes are GETs. */
  public boolean modelCall() {
    return request.method().equals("POST");
  }

  @Override
  public String toString() {
    return "ReceivedRequest[" + number + ", connection " + connection + ", " + request + "]";
  }
}
