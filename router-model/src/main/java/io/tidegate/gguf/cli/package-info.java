/**
 * {@code tidegate model}: serve, bench, sync, sign.
 *
 * <p>Comes in: a command line. Goes out: an exit code. This is the only room that knows the others all.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.gguf.cli;
