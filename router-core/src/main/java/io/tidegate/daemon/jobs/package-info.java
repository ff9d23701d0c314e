/**
 * Plugs jobs together: lines are asked by the ordinary line, on the daemon's loops, when interactive requests leave room; files lie on a real disk.
 *
 * <p>Comes in: the graph's parts. Goes out: where callers' questions about files and batches are answered. Never does: touch a line's text, but for
 * handing it to the same reader that reads requests of callers.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.jobs;
