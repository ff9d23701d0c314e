/**
 * How many requests there will be in half an hour (R9).
 *
 * <p>Comes in: a count for each window of time, or that it is missing. Goes out: what is expected thirty minutes later, and what is exceeded one time in ten.
 * Never does: look ahead, read a clock or a file, or trust itself more than its last day deserves.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.forecast;
