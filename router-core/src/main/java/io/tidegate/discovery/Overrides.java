package io.tidegate.discovery;

import io.tidegate.model.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operator writes into Consul's KV store about endpoints: weights and drains. One key for each upstream, one line for each endpoint: its id, then
 * {@code weight N} or {@code drain}. It changes the shares of endpoints there are and takes some away; it never adds one (K2). What cannot be read is
 * named and passed over. Immutable, pure.
 *
 * @param byUpstream upstream → endpoint id → its weight, 0 for one that is drained
 * @param problems one line each, with key, line and fix; never the text itself
 */
public record Overrides(Map<String, Map<String, Integer>> byUpstream, List<String> problems) {
  public static final Overrides NONE = new Overrides(Map.of(), List.of());
  private static final int MAX_LINES = 2_000;
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_PROBLEMS = 32;
  private static final int MAX_WEIGHT = 1_000;

  public Overrides {
    byUpstream = Map.copyOf(byUpstream);
    problems = List.copyOf(problems);
  }

  /** @param values key below the prefix → value */
  static Overrides read(Map<String, byte[]> values) {
    Map<String, Map<String, Integer>> all = new HashMap<>();
    List<String> problems = new ArrayList<>();
    int lines = 0;
    for (Map.Entry<String, byte[]> entry : values.entrySet()) {
      String key = entry.getKey();
      String shown = shown(key);
      if (entry.getValue().length > MAX_BYTES) {
        problem(problems, "key " + shown + ": longer than " + MAX_BYTES + " bytes, not read");
        continue;
      }
      Map<String, Integer> of = new HashMap<>();
      String[] text = new String(entry.getValue(), StandardCharsets.UTF_8).split("\n", -1);
      for (int i = 0; i < text.length; i++) {
        String line = text[i].strip();
        if (line.isEmpty() || line.startsWith("#")) {
          continue;
        }
        if (++lines > MAX_LINES) {
          problem(problems, "key " + shown + ", line " + (i + 1) + ": more than " + MAX_LINES + " lines in all, the rest is not read");
          break;
        }
        String[] words = line.split("\\s+");
        int weight = weight(words);
        if (weight < 0) {
          problem(problems, "key " + shown + ", line " + (i + 1) + ": write 'ENDPOINT weight N' with N from 1 to " + MAX_WEIGHT + ", or 'ENDPOINT drain'");
        } else if (of.putIfAbsent(words[0], weight) != null) {
          problem(problems, "key " + shown + ", line " + (i + 1) + ": this endpoint has a line above, which counts");
        }
      }
      all.put(key, Map.copyOf(of));
    }
    return new Overrides(all, problems);
  }

  /** 0 for a drain, -1 for what says neither. */
  private static int weight(String[] words) {
    if (words.length == 2 && words[1].equals("drain")) {
      return 0;
    }
    if (words.length != 3 || !words[1].equals("weight") || words[2].length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < words[2].length(); i++) {
      int digit = words[2].charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value >= 1 && value <= MAX_WEIGHT ? value : -1;
  }

  /** Keys that name none of {@code upstreams}, as problems. */
  List<String> strangers(java.util.Collection<String> upstreams) {
    List<String> strangers = new ArrayList<>();
    for (String upstream : byUpstream.keySet()) {
      if (!upstreams.contains(upstream) && strangers.size() < MAX_PROBLEMS) {
        strangers.add("key " + shown(upstream) + ": there is no upstream of that name");
      }
    }
    return strangers;
  }

  /** What is left of {@code endpoints}, each with its weight. */
  public List<Endpoint> applied(String upstream, List<Endpoint> endpoints) {
    Map<String, Integer> of = byUpstream.get(upstream);
    if (of == null) {
      return endpoints;
    }
    List<Endpoint> left = new ArrayList<>(endpoints.size());
    for (Endpoint endpoint : endpoints) {
      Integer weight = of.get(endpoint.id());
      if (weight == null) {
        left.add(endpoint);
      } else if (weight > 0) {
        left.add(endpoint.weighing(weight));
      }
    }
    return left;
  }

  private static void problem(List<String> problems, String text) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(text);
    }
  }

  /** A key as far as it may stand in a log. */
  private static String shown(String key) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(key.length(), 64); i++) {
      char c = key.charAt(i);
      shown.append(c > ' ' && c <= '~' ? c : '?');
    }
    return shown.toString();
  }
}
