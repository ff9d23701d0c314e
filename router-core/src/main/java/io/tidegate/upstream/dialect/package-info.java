/**
 * How each upstream's wire form differs from OpenAI's, and nothing else: requests on the way out, answers, streams and errors on the way back.
 *
 * <p>Comes in: a validated request; bytes an upstream sent, which are believed in nothing. Goes out: bytes to send; normalised JSON or whole
 * {@code data:} frames; an {@code AttemptFailure}. Never does: I/O, Netty, timers, logs; it never shows text of an answer in a failure.
 *
 * <p>Guarantees: what is sent is the caller's text but for the edits listed in {@code docs/fields.md} → {@code RequestDialectTest}; a full
 * answer has finish reason and end mark and no error (G5) → {@code StreamReaderTest}, {@code AnswerReaderTest}; one tenant's prompt cache is
 * not another's (G4) → {@code RequestDialectTest}; bounds on lines, events and empty events (G8) → {@code StreamReaderTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.upstream.dialect;
