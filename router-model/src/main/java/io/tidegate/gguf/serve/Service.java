package io.tidegate.gguf.serve;

import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.engine.Weights;

/**
 * What is served, once it is loaded.
 *
 * @param created when it was loaded, in seconds since 1970
 */
public record Service(Weights weights, Batcher batcher, long created) {}
