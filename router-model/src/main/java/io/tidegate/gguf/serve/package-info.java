/**
 * The model's server: HTTP/1.1 over a Unix socket and nothing else, so its process needs no network at all.
 *
 * <p>Comes in: connections. Goes out: answers of {@link io.tidegate.gguf.api}. Connections, bodies, queues and what a slow reader has not taken are
 * bounded, each with an answer past the bound. Nothing of a request is logged or kept (G3).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.serve;
