/**
 * Whether one question may be answered with the answer to another: the guards of the semantic cache, and its index.
 *
 * <p>Comes in: the last thing a caller said, and a vector that an encoder made of it inside the private zone. Goes out: a keyed fingerprint of what
 * was asked, and the entry of the same partition that asks the same, or nothing. Never does: I/O, running a model, keeping text (G3), comparing
 * across partitions (G4). Likeness of vectors only ranks; what two questions must have in common is decided by {@link
 * io.tidegate.semantic.Sameness}, word by word (hazard C3).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.semantic;
