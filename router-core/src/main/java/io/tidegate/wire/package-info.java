/**
 * Bytes on the wire, pure: strict JSON, splices, server-sent events.
 *
 * <p>Comes in: bytes. Goes out: an index over them, edits of them, events. Never does: I/O, Netty, knowledge of any upstream.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.wire;
