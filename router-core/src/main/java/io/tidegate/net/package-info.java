/**
 * The real time and the real sockets: event loops, transports, TLS contexts.
 *
 * <p>Comes in: configuration. Goes out: what edges build channels from. Never does: decide anything about a request.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.net;
