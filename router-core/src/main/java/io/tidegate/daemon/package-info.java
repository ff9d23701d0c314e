/**
 * Wires everything once, starts it, drains it, stops it.
 *
 * <p>Comes in: a configuration without problems. Goes out: listeners. Never does: look at a request.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon;
