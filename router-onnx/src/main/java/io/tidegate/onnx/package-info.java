/**
 * A detector in a process of its own (decisions 19): an operator's ONNX text classifier behind {@code tidegate.plugin.v1}.
 *
 * <p>Comes in: a request's strings, over a Unix socket. Goes out: findings over whole windows of text whose score reaches the operator's threshold.
 * Never does: logging, keeping text, connecting anywhere. A model that fails answers with an error, which the daemon takes for RESTRICTED (G2).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.onnx;
