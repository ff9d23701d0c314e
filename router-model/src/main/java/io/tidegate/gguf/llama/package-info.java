/**
 * llama.cpp in this process, through the C interface of the native library that {@code de.kherud:llama} carries.
 *
 * <p>Comes in: a GGUF file, tokens. Goes out: {@link io.tidegate.gguf.engine.Weights}. The binding's own Java classes are not used: its {@code
 * close()} leaves a native thread attached to the JVM as one it must wait for, its log prints prompts, a template's complaint about a conversation
 * ends the process, and it says neither why an answer ended nor how many tokens it had (docs/adr/0040-private-model.md).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.llama;
