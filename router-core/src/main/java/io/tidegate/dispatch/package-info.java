/**
 * Which upstream, which endpoint, and what after a failure: pure, shared with the simulator.
 *
 * <p>Comes in: a decision, the configured upstreams, what attempts and probes showed, time as a number. Goes out: a frozen list of
 * candidates, an endpoint, the next step, the caller's error. Never does: I/O, threads, clocks, chance; never names an upstream outside the
 * zones that the decision opens.
 *
 * <p>Guarantees: G1, G2 and hazards A3, A4, A16 (an empty list is a refusal, never "any"): {@code CatalogTest}, {@code FailoverTest};
 * conditions on a route only leave candidates out: {@code RouteProgressTest}, {@code RouteConditionsTest};
 * ejection and the one probe: {@code EndpointHealthTest}, {@code HealthBoardTest}, {@code BalancerTest}, {@code OutlierEjectionTest}; whatever the
 * method, an endpoint of the named upstream or none: {@code BalancerMethodsTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.dispatch;
