/**
 * The proof that no state of the world lets content out that must not leave.
 *
 * <p>Comes in: a bundle, its source texts, detectors. Goes out: a {@link io.tidegate.assay.proof.Proof}: how many states were decided and walked, how
 * they ended, and each leak as a counter-example. Content is sensitive here <em>by construction</em> ({@link io.tidegate.assay.proof.Nature}), not
 * because the bundle says so; the decision, the walk and the cache use are production code. Never does: send, log, read a clock of its own.
 *
 * <p>Guarantees: G1, G2, G4, G7, tried from outside: ProveTest (bad bundles), SabotageTest (bad code).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.assay.proof;
