/**
 * Policies tried out: the daemon's own classify, policy and decide, without its sockets.
 *
 * <p>Comes in: policy files, bundles, detectors; requests to explain; recorded decisions. Goes out: which inline tests pass, what a change loosens
 * ({@link io.tidegate.assay.BundleDiff}), why a request is decided as it is ({@link io.tidegate.assay.Explain}), and what recorded decisions would be under
 * another bundle ({@link io.tidegate.assay.Replay}). Never does: send anything, log anything, print a request's text (G3: PolicyTestsTest, ExplainTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.assay;
