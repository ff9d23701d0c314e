/**
 * The OpenAI shape as llama.cpp's server speaks it, without a socket.
 *
 * <p>Comes in: strictly parsed JSON. Goes out: {@link io.tidegate.gguf.api.Asked}, or a {@link io.tidegate.gguf.api.Refused} that names the field; and
 * answers, events and errors as bytes. A field that would change the answer and cannot be honoured is refused, never ignored.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.api;
