/**
 * How much a tenant may ask for: requests a second and tokens a minute.
 *
 * <p>Comes in: a tenant as its connection or key proves it, an estimate of tokens, later what was used, time as a number. Goes out: leave, or the
 * seconds to wait. One atomic number a tenant and rate: nothing waits. Never does: look at text, at a clock.
 *
 * <p>Guarantees: G8, and concurrent requests pass a token budget by one request at most: {@code TenantLimitsTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admission.rate;
