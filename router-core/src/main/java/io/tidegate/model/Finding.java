package io.tidegate.model;

/**
 * What a detector saw; never the text itself (G3).
 *
 * @param type entity type, e.g. {@code CN_ID}; upper snake case
 * @param place index of the string in the request tree (see {@code wire.JsonText}), or -1 for text joined over several strings
 * @param start first UTF-16 unit in the decoded string, inclusive; -1 when {@code place} is -1
 * @param end exclusive
 * @param detector id of the detector
 */
public record Finding(String type, int place, int start, int end, Likelihood likelihood, String detector) {}
