/**
 * Endpoints by DNS, for sites where Consul's HTTP port cannot be reached (R3.4): SRV, or addresses with a port of the configuration.
 *
 * <p>Comes in: names of configured upstreams, answers of one configured name server. Goes out: lists of endpoints through
 * {@link io.tidegate.discovery.Endpoints}. Never does: run on an event loop of requests (it has one thread of its own), ask any other server, follow a
 * name out of the upstream's networks (hazards A14, A15), see a prompt.
 *
 * <p>Guarantees: the last good list outlives any failure, with an age (K1); an answer is kept as long as it says, between bounds; what is truncated over TCP,
 * too, or malformed is a failure and no answer ({@code DnsDiscoveryTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.discovery.dns;
