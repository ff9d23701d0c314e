/**
 * The semantic cache's way to vectors, inside the private zone only: a small model in this process, or a private upstream's embeddings (decisions 19).
 *
 * <p>Comes in: a decided request that the exact cache did not answer. Goes out: the key of a stored answer of the same partition whose question asks the
 * same, see {@code semantic}, or nothing within the deadline. Never does: opening a connection (a private upstream is asked by way of the line, as a
 * RESTRICTED request, which no policy can open PUBLIC to), waiting on an event loop, logging, keeping text.
 *
 * <p>Guarantees: G1, no text goes to PUBLIC for a vector; G4, all but the question must be equal; G8, questions under way, time and memory are bounded
 * ({@code OtherWordsTest}, {@code SemanticCacheIT}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.embed;
