package io.tidegate.model;

/**
 * Another question, answered before, that asks the same as a request in other words.
 *
 * @param body keyed digest of the request that was answered, as its own decision record names it; 64 hex digits
 * @param score cosine of the two questions' vectors
 * @param served whether its answer was given; false where it only would have been
 */
public record Likeness(String body, float score, boolean served) {}
