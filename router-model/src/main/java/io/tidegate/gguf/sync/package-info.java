/**
 * Keeps a folder's model at what somebody trusted has signed (R3.5): hourly, resumable, swapped in one step.
 *
 * <p>Comes in: a manifest, its signatures and a key ring; a {@link io.tidegate.gguf.sync.Source} to fetch from. Goes out: {@code current.gguf}, a link
 * that always leads to a whole file whose SHA-256 was signed. Never does: fetch a byte of a file nobody has signed, or touch the file that is served.
 * Another process than the one that holds the model: only this one needs a network.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.sync;
