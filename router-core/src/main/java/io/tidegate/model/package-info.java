/**
 * The product's words as values, and the types that pass from one step to the next.
 *
 * <p>Comes in: nothing. Goes out: immutable values. Never does: I/O, clocks, randomness.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.model;
