package io.tidegate.discovery.dns;

import io.tidegate.discovery.Endpoints;
import io.tidegate.model.Upstream;

/**
 * A name that is followed for an upstream.
 *
 * @param key names it: the upstream's name, or its place in a region
 * @param upstream with the networks that its instances may be in
 * @param name absolute, with or without a dot at its end
 * @param port of every address; 0 to ask for SRV
 * @param endpoints where what is found goes
 */
public record Asked(String key, Upstream upstream, String name, int port, Endpoints endpoints) {}
