package io.tidegate.dispatch;

import io.tidegate.model.Upstream;

/**
 * An upstream that may serve a request.
 *
 * @param model the name to send there
 */
public record Candidate(Upstream upstream, String model) {}
