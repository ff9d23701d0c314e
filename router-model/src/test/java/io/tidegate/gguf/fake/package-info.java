/** Doubles for the model's tests. */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.fake;
