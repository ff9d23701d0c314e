package io.tidegate.lab.record;

/**
 * A client left before its answer was complete.
 *
 * @param request the request's number, as in {@link ReceivedRequest#number()}
 * @param atNanos when, on {@link System#nanoTime}
 */
public record Cancellation(long request, long atNanos) {}
