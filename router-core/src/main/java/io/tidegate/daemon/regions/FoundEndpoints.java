package io.tidegate.daemon.regions;

import io.tidegate.daemon.regions.Sources.Source;
import io.tidegate.discovery.Endpoints;
import io.tidegate.model.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What was found for each upstream, by every source. An address counts once, as the first source says that found it, so that no second datacenter can claim it for another region. Any thread; sources of one upstream tell one after the other.
 */
public final class FoundEndpoints {
  private final Map<String, Map<String, List<Endpoint>>> found = new HashMap<>();
  private final BiConsumer<String, List<Endpoint>> into;

  /** @param into takes all that was found for an upstream, and adds what is configured */
  public FoundEndpoints(BiConsumer<String, List<Endpoint>> into) {
    this.into = into;
  }

  /**
   * Where a source tells what it found.
   *
   * @param kind tells sources of one place apart
   */
  public Endpoints of(Source source, String kind) {
    String key = kind + ' ' + source.place();
    synchronized (this) {
      found.computeIfAbsent(source.upstream().name(), name -> new LinkedHashMap<>()).put(key, List.of());
    }
    return (upstream, list) -> replace(upstream, key, list.stream().map(endpoint -> in(endpoint, source.region())).toList());
  }

  private static Endpoint in(Endpoint endpoint, String region) {
    return region.isEmpty() ? endpoint
        : new Endpoint(endpoint.upstream(), region + '/' + endpoint.id(), endpoint.host(), endpoint.port(), endpoint.weight(), true).with(endpoint.hints()).in(region);
  }

  private synchronized void replace(String upstream, String key, List<Endpoint> list) {
    Map<String, List<Endpoint>> sources = found.getOrDefault(upstream, Map.of());
    Map<String, List<Endpoint>> next = new LinkedHashMap<>(sources);
    next.put(key, list);
    List<Endpoint> merged = new ArrayList<>();
    Set<String> addresses = new HashSet<>();
    for (List<Endpoint> part : next.values()) {
      for (Endpoint endpoint : part) {
        if (addresses.add(endpoint.host() + ' ' + endpoint.port())) {
          merged.add(endpoint);
        }
      }
    }
    // First: what is thrown here is told again by the source.
    into.accept(upstream, merged);
    found.put(upstream, next);
  }
}
