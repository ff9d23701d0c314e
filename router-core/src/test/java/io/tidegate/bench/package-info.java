/** Benchmarks of the data path's steps; {@code script/bench} runs them. */
@org.jspecify.annotations.NullMarked
package io.tidegate.bench;
