/**
 * The gRPC surface, {@code tidegate.v1}.
 *
 * <p>Comes in: calls. Goes out: the same internal requests as over HTTP; answers and errors as messages and statuses. Never does: scan, decide or
 * open a connection. A deadline is the request's deadline; cancelling frees the model.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.ingress.grpc;
