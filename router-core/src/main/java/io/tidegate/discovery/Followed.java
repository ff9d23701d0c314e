package io.tidegate.discovery;

import io.tidegate.model.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * A service that is followed for an upstream.
 *
 * @param key names it: the upstream's name, or its place in a region
 * @param upstream with the networks that its instances may be in
 * @param datacenter where it is looked for; null for the configuration's, or the agent's own
 * @param endpoints where its instances go
 */
public record Followed(String key, Upstream upstream, String service, @Nullable String datacenter, Endpoints endpoints) {}
