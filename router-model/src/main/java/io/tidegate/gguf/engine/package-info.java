/**
 * How one model serves many requests: prompts wait in a bounded queue, up to so many sequences run side by side in one batch, and each ends for a
 * reason that is known exactly.
 *
 * <p>Comes in: {@link io.tidegate.gguf.engine.Order}s. Goes out: pieces of text and one {@link io.tidegate.gguf.engine.Ending} or {@link
 * io.tidegate.gguf.engine.Fault} each. Never does: sockets, files, native calls (those are behind {@link io.tidegate.gguf.engine.Weights}); it keeps
 * nothing of a request once it is over, neither its text nor the model's memory of it.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.engine;
