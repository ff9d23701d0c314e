package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes of what {@code /admin/decisions} says, look by look (its newest decisions, newest first), each decision once: when it has ended, or, if that takes
 * long or it leaves the window first, while it is under way. Bounded: it remembers as many as a few windows hold, whatever passes.
 */
final class DecisionFeed {
  private static final int REMEMBERED = 1_000;
  private static final Duration LONG = Duration.ofSeconds(5);

  /** Ids that were told; the oldest goes. */
  private final Map<String, Boolean> told = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  };

  /** Seen and not told: they are under way. */
  private Map<String, JsonNode> waiting = new LinkedHashMap<>();
  private String boot = "";
  private boolean first = true;
  private boolean overrun;
  private int fresh;

  /**
   * What one look adds, oldest first.
   *
   * @param most of the first look
   */
  List<JsonNode> look(JsonNode document, int most) {
    List<JsonNode> window = new ArrayList<>();
    document.path("decisions").path("newest").forEach(window::add);
    Collections.reverse(window);
    Instant now = time(document.path("at").asText());
    String from = document.path("boot").asText();
    boolean begins = first || !from.equals(boot);
    overrun = !begins && !window.isEmpty() && window.stream().noneMatch(each -> known(each.path("id").asText()));
    boot = from;
    List<JsonNode> out = new ArrayList<>();
    Map<String, JsonNode> before = waiting;
    waiting = new LinkedHashMap<>();
    fresh = 0;
    int skip = first ? Math.max(0, window.size() - most) : 0;
    first = false;
    // What left the window under way will not be heard of again here.
    before.forEach((id, decision) -> {
      if (window.stream().noneMatch(each -> each.path("id").asText().equals(id))) {
        told.put(id, true);
        out.add(decision);
      }
    });
    for (JsonNode decision : window) {
      String id = decision.path("id").asText();
      if (told.containsKey(id)) {
        continue;
      }
      fresh += before.containsKey(id) ? 0 : 1;
      if (skip-- > 0) {
        told.put(id, true);
      } else if (decision.has("ended") || Duration.between(time(decision.path("time").asText()), now).compareTo(LONG) > 0) {
        told.put(id, true);
        out.add(decision);
      } else {
        waiting.put(id, decision);
      }
    }
    return out;
  }

  private boolean known(String id) {
    return told.containsKey(id) || waiting.containsKey(id);
  }

  /** Whether more decisions may have come between the last two looks than a look shows. */
  boolean overrun() {
    return overrun;
  }

  /** New ones of the last look. */
  int fresh() {
    return fresh;
  }

  int remembered() {
    return told.size() + waiting.size();
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException unknown) {
      return Instant.EPOCH;
    }
  }
}
