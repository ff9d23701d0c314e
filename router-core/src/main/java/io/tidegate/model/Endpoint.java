package io.tidegate.model;

/**
 * One address of an upstream.
 *
 * @param upstream name of the upstream it belongs to
 * @param id stable within the upstream: {@code host:port} for static ones, node and service id for discovered ones
 * @param host name or literal address
 * @param weight share of requests, 1..1000
 * @param discovered from Consul rather than from configuration
 */
public record Endpoint(String upstream, String id, String host, int port, int weight, boolean discovered) {}
