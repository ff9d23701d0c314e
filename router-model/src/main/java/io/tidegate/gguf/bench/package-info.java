/**
 * Two files of one model, side by side (R5.2).
 *
 * <p>Comes in: what was measured in two processes, turn by turn. Goes out: a report that names the machine, the threads and the build next to every
 * figure (R5.4). An estimate is called one.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.bench;
