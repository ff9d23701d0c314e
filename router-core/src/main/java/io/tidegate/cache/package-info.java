/**
 * The edge cache: exact matches only.
 *
 * <p>Comes in: a decided request. Goes out: a whole, successful answer given to an equal request of the same sharing group, sensitivity
 * and bundle, or nothing. Never does: I/O but in {@link io.tidegate.cache.AcrossRuns} and what it uses, on a thread that may wait; share across groups (G4);
 * keep what is not whole (hazard C5).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.cache;
