/**
 * How many requests an endpoint and an account may have in hand: limits that find themselves, and permits that are given back once.
 *
 * <p>Comes in: what attempts showed (time to first token, busy answers, ends) and time as a number. Goes out: a permit or none. Never does:
 * wait, lock, look at a clock. The algorithms are Gradient2 and AIMD as Netflix' concurrency-limits describes them (decisions 23), with the
 * changes that each class states.
 *
 * <p>Guarantees: G8 and R7.2, R7.6, R7.7: {@code GradientTest}, {@code LimiterTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admission.limit;
