/**
 * KEDA's external scaler: how much there is to do, for whoever decides how many replicas there are (R8).
 *
 * <p>Comes in: KEDA's questions, with what a trigger says about itself. Goes out: numbers. Never does: take a request, show anything about one, or change
 * anything.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.scaler;
