/**
 * Consul: which addresses an upstream has besides the configured ones, and the daemon's own registration.
 *
 * <p>Comes in: configured upstreams with the service that lists their instances; answers of a Consul agent, which are believed about
 * addresses, weights and checks, and about what narrows (hazards A14, K2). Goes out: lists of endpoints through {@link io.tidegate.discovery.Endpoints}, and
 * {@link io.tidegate.discovery.DiscoveryStatus} for telemetry.
 *
 * <p>Never does: run on an event loop (every thread is its own), see a prompt, take a zone, a key, a TLS setting or a host name from
 * Consul. Only where the configuration says that an upstream, or a listener, is of Consul's mesh do certificates come from there.
 *
 * <p>Guarantees: the last good list outlives any failure, with an age (K1: {@code ConsulFaultTest}, {@code ConsulAgentIT}); an address
 * outside the upstream's networks is dropped here, before the gate checks it again (A14: {@code HealthRowsTest}, {@code ConsulAgentIT});
 * answers are bounded in bytes, rows and time (G8: {@code ConsulFaultTest}).
 *
 * <p>Rights that are missing are no missing instances (K1: {@code RightsTest}); metadata and overrides narrow and never widen (G1: {@code MetaHintsTest},
 * {@code KvOverridesTest}); in a mesh only the service that is meant is connected to, and whom the agent does not let in stays out (R10.4: {@code
 * MeshNamesTest}, {@code IntentionsTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.discovery;
