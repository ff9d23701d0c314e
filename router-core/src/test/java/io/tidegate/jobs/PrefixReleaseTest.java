package io.tidegate.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What releasing by beginnings is worth, by DeepSeek's published rule (upstreams.md, section 2; seed-systems.md, section 2). */
class PrefixReleaseTest {
  private static final int GROUPS = 60;
  private static final int MEMBERS = 12;
  private static final int PARALLEL = 8;
  /** Units the cache of the test has room for: of the sixty beginnings, about a third. */
  private static final int UNITS = 64;

  /**
   * The rule: a unit is a whole beginning; one is stored at the end of each input, and one where two inputs were found to part. A request hits the longest unit
   * that it begins with wholly. So A+B, then A+C misses, and A+D hits A. Units exist once the request that made them has ended; the least recently used go first.
   */
  private static final class PublishedRule {
    private final Map<String, Boolean> units = new LinkedHashMap<>(16, 0.75f, true);
    private final int room;
    private long hit;
    private long all;

    PublishedRule(int room) {
      this.room = room;
    }

    void asked(String input) {
      String longest = "";
      for (String unit : units.keySet()) {
        if (unit.length() > longest.length() && input.startsWith(unit)) {
          longest = unit;
        }
      }
      if (!longest.isEmpty()) {
        units.get(longest);
      }
      hit += longest.length();
      all += input.length();
    }

    void ended(String input) {
      String common = "";
      for (String unit : units.keySet()) {
        int same = 0;
        while (same < Math.min(unit.length(), input.length()) && unit.charAt(same) == input.charAt(same)) {
          same++;
        }
        if (same >= 256 && same > common.length()) {
          common = input.substring(0, same);
        }
      }
      if (!common.isEmpty()) {
        units.put(common, true);
      }
      units.put(input, true);
      Iterator<String> oldest = units.keySet().iterator();
      while (units.size() > room) {
        oldest.next();
        oldest.remove();
      }
    }

    double share() {
      return (double) hit / all;
    }
  }

  private record Ending(long at, int line) {}

  /** Inputs and bodies of the test set, in the order of their arrival. */
  private final List<String> inputs = new ArrayList<>();
  private final List<JsonText> bodies = new ArrayList<>();

  private void testSet(long seed) throws JsonException {
    Random random = new Random(seed);
    for (int group = 0; group < GROUPS; group++) {
      StringBuilder shared = new StringBuilder("You are assistant number " + group + ". ");
      int length = 1_000 + random.nextInt(3_000);
      while (shared.length() < length) {
        shared.append("rule ").append(random.nextInt(1_000_000)).append("; ");
      }
      for (int member = 0; member < MEMBERS; member++) {
        inputs.add(shared + "question " + Long.toHexString(random.nextLong()).repeat(12));
      }
    }
    Collections.shuffle(inputs, random);
    for (String input : inputs) {
      bodies.add(JsonText.parse(("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + input + "\"}]}").getBytes(StandardCharsets.UTF_8),
          JsonLimits.DEFAULT));
    }
  }

  /** Asks all, so many at a time; in the order of arrival where there is no release. */
  private double run(boolean grouped, int room) {
    PublishedRule rule = new PublishedRule(room);
    PrefixOrder order = new PrefixOrder();
    bodies.forEach(body -> order.add(body, 0));
    Release release = new Release(order.order(), line -> false);
    Random random = new Random(7);
    PriorityQueue<Ending> underWay = new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
    long now = 0;
    int arrived = 0;
    int ended = 0;
    while (ended < inputs.size()) {
      int line = underWay.size() == PARALLEL ? -1 : grouped ? release.next() : arrived < inputs.size() ? arrived++ : -1;
      if (line >= 0) {
        rule.asked(inputs.get(line));
        underWay.add(new Ending(now + 500 + random.nextInt(1_000), line));
      } else {
        Ending next = underWay.remove();
        now = next.at();
        rule.ended(inputs.get(next.line()));
        if (grouped) {
          release.ended(next.line());
        }
        ended++;
      }
    }
    return rule.share();
  }

  @Test
  @DisplayName("R2.6 by DeepSeek's rule at least 1.5 times the hit tokens of arrival order, where the cache cannot hold all beginnings; about as many where it can")
  void worth() throws JsonException {
    testSet(20261125);
    double arrival = run(false, UNITS);
    double grouped = run(true, UNITS);
    double arrivalAll = run(false, Integer.MAX_VALUE);
    double groupedAll = run(true, Integer.MAX_VALUE);
    System.out.printf("R2.6: %d prompts of %d beginnings, %d at a time: hit share %.3f in arrival order, %.3f released by beginnings (room for %d units); %.3f and %.3f "
        + "(room for all)%n", inputs.size(), GROUPS, PARALLEL, arrival, grouped, UNITS, arrivalAll, groupedAll);
    assertThat(grouped).isGreaterThanOrEqualTo(1.5 * arrival).isGreaterThan(0.5);
    // Where two leaders happen to go on alike behind their beginning, the unit they leave is too long for the rest, which is under way at once.
    assertThat(groupedAll).isGreaterThanOrEqualTo(0.9 * arrivalAll);
  }
}
