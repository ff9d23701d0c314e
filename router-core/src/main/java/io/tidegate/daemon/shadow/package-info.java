/**
 * Policies that only watch: what shadow rules, or a whole shadow bundle, would have made of the requests that were decided.
 *
 * <p>Comes in: decided requests with their findings. Goes out: counts by class, and a few request ids where the shadow differs. Never does: touch a route
 * or an answer, make a request wait, log, or keep text past its look at it (G3). Test: ShadowingTest.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.shadow;
