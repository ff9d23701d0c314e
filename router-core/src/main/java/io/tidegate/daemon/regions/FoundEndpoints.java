package io.tidegate.daemon.regions;

import io.tidegate.daemon.regions.Sources.Source;
import io.tidegate.discovery.Endpoints;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;
import io.tidegate.model.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The endpoints of each upstream, from its configuration and every source. An address counts once: as it is configured, else as the first source says that
 * found it, so that no second datacenter can claim it for another region. Any thread; sources of one upstream tell one after the other.
 */
public final class FoundEndpoints {
  private final Map<String, List<Endpoint>> configured = new HashMap<>();
  private final Map<String, Map<String, List<Endpoint>>> found = new HashMap<>();
  private final BiConsumer<String, List<Endpoint>> into;

  /** @param into takes all endpoints of an upstream */
  public FoundEndpoints(List<Upstream> upstreams, BiConsumer<String, List<Endpoint>> into) {
    upstreams.forEach(upstream -> configured.put(upstream.name(), upstream.endpoints()));
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
        : new Endpoint(endpoint.upstream(), region + '/' + endpoint.id(), endpoint.host(), endpoint.port(), endpoint.weight(), true).in(region)
            .with(endpoint.hints());
  }

  private synchronized void replace(String upstream, String key, List<Endpoint> list) {
    Map<String, List<Endpoint>> sources = found.getOrDefault(upstream, Map.of());
    Map<String, List<Endpoint>> next = new LinkedHashMap<>(sources);
    next.put(key, list);
    List<Endpoint> merged = new ArrayList<>();
    Map<String, Integer> addresses = new HashMap<>();
    List<List<Endpoint>> all = new ArrayList<>(next.values());
    all.add(0, configured.getOrDefault(upstream, List.of()));
    for (List<Endpoint> part : all) {
      for (Endpoint endpoint : part) {
        Integer known = addresses.putIfAbsent(endpoint.host() + ' ' + endpoint.port(), merged.size());
        if (known == null) {
          merged.add(endpoint);
        } else if (endpoint.hints() != Hints.NONE) {
          // What is said of an address narrows, whoever says it; nothing else of the second word counts.
          merged.set(known, merged.get(known).with(merged.get(known).hints().and(endpoint.hints())));
        }
      }
    }
    // First: what is thrown here is told again by the source.
    into.accept(upstream, merged);
    found.put(upstream, next);
  }
}
