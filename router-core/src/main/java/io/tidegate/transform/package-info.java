/**
 * Cleans a request's text before it is decided again (decisions 3).
 *
 * <p>Comes in: a validated text, its findings, what to do, a seed. Goes out: {@link io.tidegate.transform.Cleaned}, a new strictly parsed text in which
 * nothing but contents of strings differ, with the map of its placeholders; or an {@link io.tidegate.transform.Obstacle}, and then nothing
 * is promised: the first decision alone counts. Never does: I/O, clocks, chance, deciding what the cleaned text may do.
 *
 * <p>Guarantees: nothing of a finding stays in the cleaned text, or there is none (TransformerTest); what remains is judged by the second scan and
 * the second decision, not by this room (G1, TransformingTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.transform;
