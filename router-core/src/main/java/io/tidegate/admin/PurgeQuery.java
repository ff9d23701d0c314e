package io.tidegate.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a purge is asked for: {@code all} and nothing else, or one or more of the four. */
record PurgeQuery(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable String session) {
  private static final Set<String> KNOWN = Set.of("all", "tenant", "model", "policy", "session");

  /** @throws IllegalArgumentException if it is anything else */
  static PurgeQuery parse(String uri) {
    Map<String, List<String>> query = new QueryStringDecoder(uri).parameters();
    if (query.isEmpty() || !KNOWN.containsAll(query.keySet()) || query.values().stream().anyMatch(values -> values.size() != 1)
        || query.containsKey("all") && (query.size() > 1 || !query.get("all").get(0).isEmpty())
        || query.containsKey("session") && !query.containsKey("tenant")) {
      throw new IllegalArgumentException("not a purge");
    }
    return new PurgeQuery(word(query, "tenant"), word(query, "model"), word(query, "policy"), word(query, "session"));
  }

  private static @Nullable String word(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    if (values == null) {
      return null;
    }
    String value = values.get(0);
    if (value.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    return value;
  }
}
