/**
 * Bytes on the wire, pure: strict JSON, splices, server-sent events.
 *
 * <p>Comes in: bytes. Goes out: an index over them, edits of them, events. Never does: I/O, Netty, knowledge of any upstream.
 *
 * <p>Guarantees: a text has one reading, the same for every parser (A12) → {@code StrictJsonTest}, {@code JsonTextPropertyTest}; bytes that no
 * edit names stay as they were scanned (A2) → {@code JsonTextPropertyTest}, {@code JsonTextTest}; depth, values, numbers, keys, lines and events
 * are bounded (G8) → {@code StrictJsonTest}, {@code SseReaderTest}; no refusal shows content (G3) → {@code StrictJsonTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.wire;
