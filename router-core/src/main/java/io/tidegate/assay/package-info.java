/**
 * Policies tried out: the daemon's own classify, policy and decide, without its sockets.
 *
 * <p>Comes in: policy files, bundles, detectors. Goes out: which inline tests pass, and the reports behind {@code tidegate policy check} and
 * {@code test}. Never does: send anything, log anything, print a request's text (G3: PolicyTestsTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.assay;
