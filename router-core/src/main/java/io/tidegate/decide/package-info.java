/**
 * The decision for one request, and the clearances that follow from it.
 *
 * <p>Comes in: a request, its findings, a policy bundle. Goes out: a {@link io.tidegate.decide.Decision}; per attempt, a
 * {@link io.tidegate.decide.Clearance} that carries the bytes. Never does: I/O, clocks, throwing at a request.
 *
 * <p>Guarantees: G1, a clearance exists only for a zone that the decision opens and for bytes made from the very text that was decided, and none
 * for RESTRICTED or CONFIDENTIAL content to PUBLIC whatever the route says (DeciderTest, TableTest); G2, what cannot be judged is
 * RESTRICTED (DeciderTest);
 * G6, only the bundle that decided clears (DeciderTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.decide;
