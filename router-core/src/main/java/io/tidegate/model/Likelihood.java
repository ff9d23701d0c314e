package io.tidegate.model;

/**
 * How sure a detector is (decisions 10): a valid check digit or a vendor prefix is {@code VERY_LIKELY}, a failed check digit
 * with context words {@code LIKELY}, a bare shape {@code POSSIBLE}.
 */
public enum Likelihood { VERY_UNLIKELY, UNLIKELY, POSSIBLE, LIKELY, VERY_LIKELY }
