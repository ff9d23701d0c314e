/**
 * What both ways in have in common: the reading of a validated body into a {@link io.tidegate.model.ModelRequest}, request ids, the port by
 * which a caller is identified, and the bound on bytes held for bodies.
 *
 * <p>Comes in: a {@link io.tidegate.wire.JsonText} and what the protocol said beside it. Goes out: a request, or an error that names the
 * field. Never does: routing, classification, logging. Guarantees: fields that would let a caller choose a destination or run a template are
 * refused (hazards A12, A13, A16; {@code RequestReaderTest}); bodies are bounded in sum (G8, {@code HttpBoundsTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.ingress;
