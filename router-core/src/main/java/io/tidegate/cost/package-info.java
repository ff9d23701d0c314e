/**
 * What answers cost, and what they would have cost (R2.8).
 *
 * <p>Comes in: prices by upstream, tokens and routes of answers. Goes out: a sum, and what each cause took off it. Never does: guess a price, or look at
 * an answer's text.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.cost;
