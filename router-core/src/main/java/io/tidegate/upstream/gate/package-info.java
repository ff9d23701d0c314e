/**
 * The gate: the one place that opens connections to models and writes to them (hazard A1).
 *
 * <p>Comes in: a clearance, which carries the bytes, and an endpoint. Goes out: those bytes, to an address that the upstream's networks
 * hold; then normalised answers and failures, on the request's loop. Never does: write without a clearance (but for the constant bytes of
 * {@code Probe}), copy a client's header, follow a redirect, use a proxy, choose an endpoint, try twice on an answer that had begun.
 *
 * <p>Guarantees: G1, hazards A1, A2, A14, A15, A16 ({@code EgressCheckTest}, {@code G1GateIT}); F1, F3, F4, G8 ({@code GateFaultIT},
 * {@code GatePoolIT}); F5 ({@code GateTlsIT}); HTTP/2 ({@code GateHttp2IT}).
 *
 * <p>A call in one picture: {@link io.tidegate.upstream.gate.UpstreamGate} → {@code LoopGate} (one per event loop) → {@code Pool} (one per
 * endpoint) → {@code Dial} (a new connection) → {@code H1Connection} or {@code H2Stream}, both a {@code Carrier} → {@code Outlet} (the only
 * writer) … and back through {@code Exchange}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.upstream.gate;
