/**
 * Consul: which addresses an upstream has besides the configured ones, and the daemon's own registration.
 *
 * <p>Comes in: configured upstreams with the service that lists their instances; answers of a Consul agent, which are believed about
 * addresses, weights and checks only (hazards A14, K2). Goes out: lists of endpoints through {@link io.tidegate.discovery.Endpoints}, and
 * {@link io.tidegate.discovery.DiscoveryStatus} for telemetry.
 *
 * <p>Never does: run on an event loop (every thread is its own), see a prompt, take a zone, a key, a TLS setting or a host name from
 * Consul.
 *
 * <p>Guarantees: the last good list outlives any failure, with an age (K1: {@code ConsulFaultTest}, {@code ConsulAgentIT}); an address
 * outside the upstream's networks is dropped here, before the gate checks it again (A14: {@code HealthRowsTest}, {@code ConsulAgentIT});
 * answers are bounded in bytes, rows and time (G8: {@code ConsulFaultTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.discovery;
