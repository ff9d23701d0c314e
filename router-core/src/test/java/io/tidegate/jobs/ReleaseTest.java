package io.tidegate.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReleaseTest {
  private static JsonText body(String model, String text) throws JsonException {
    return JsonText.parse(("{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}").getBytes(StandardCharsets.UTF_8),
        JsonLimits.DEFAULT);
  }

  private static PrefixOrder.Order order(List<JsonText> bodies) {
    PrefixOrder order = new PrefixOrder();
    bodies.forEach(body -> order.add(body, 0));
    return order.order();
  }

  @Test
  @DisplayName("R2.6 prompts that begin alike stand together, groups and members as they came; those alike for longer stand together again")
  void together() throws JsonException {
    String a = "a".repeat(300);
    String b = "b".repeat(300);
    String longer = a + "x".repeat(600);
    List<JsonText> bodies = List.of(body("m", a + 0), body("m", b + 1), body("m", longer + 2), body("m", "short"), body("m", a + 4), body("m", b + 5),
        body("m", longer + 6), body("other", a + 7));
    PrefixOrder.Order order = order(bodies);
    assertThat(order.places()).containsExactly(0, 2, 6, 4, 1, 5, 3, 7);
    assertThat(order.groups()[2]).isEqualTo(order.groups()[6]).isNotEqualTo(order.groups()[0]);
    assertThat(order.groups()[0]).isEqualTo(order.groups()[4]);
    assertThat(order.groups()[3]).isEqualTo(-1);
    assertThat(order.groups()[7]).as("another model has another cache").isEqualTo(-1);
  }

  @Test
  @DisplayName("R2.6 of a group two go one after the other, then the rest together; others go on meanwhile")
  void leaders() throws JsonException {
    String a = "a".repeat(300);
    List<JsonText> bodies = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      bodies.add(body("m", a + i));
    }
    bodies.add(body("m", "alone"));
    Release release = new Release(order(bodies), line -> false);
    assertThat(release.next()).isZero();
    assertThat(release.next()).isEqualTo(6);
    assertThat(release.next()).isEqualTo(-1);
    release.again(0);
    assertThat(release.next()).isZero();
    release.ended(0);
    assertThat(release.next()).isEqualTo(1);
    assertThat(release.next()).isEqualTo(-1);
    release.ended(1);
    assertThat(List.of(release.next(), release.next(), release.next(), release.next(), release.next())).containsExactly(2, 3, 4, 5, -1);
  }

  @Test
  @DisplayName("R2.6 whatever ends, fails and is asked again, each line is released until its end, and nothing waits for ever")
  void nothingIsForgotten() throws JsonException {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<JsonText> bodies = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(80); i++) {
        bodies.add(body("m", Character.toString('a' + random.nextInt(5)).repeat(random.nextInt(700)) + i));
      }
      PrefixOrder.Order order = order(bodies);
      assertThat(Arrays.stream(order.places()).sorted().toArray()).containsExactly(java.util.stream.IntStream.range(0, bodies.size()).toArray());
      Set<Integer> ended = new HashSet<>();
      boolean[] before = new boolean[bodies.size()];
      for (int i = 0; i < before.length; i++) {
        before[i] = random.nextInt(4) == 0;
        if (before[i]) {
          ended.add(i);
        }
      }
      Release release = new Release(order, line -> before[line]);
      List<Integer> underWay = new ArrayList<>();
      while (ended.size() < bodies.size()) {
        int next = underWay.size() < 4 ? release.next() : -1;
        if (next >= 0) {
          assertThat(ended).doesNotContain(next);
          assertThat(underWay).doesNotContain(next);
          underWay.add(next);
        } else {
          assertThat(underWay).as("somebody is under way").isNotEmpty();
          int line = underWay.remove(random.nextInt(underWay.size()));
          if (random.nextInt(3) == 0) {
            release.again(line);
          } else {
            release.ended(line);
            ended.add(line);
          }
        }
      }
      assertThat(release.waiting()).isZero();
    }
  }
}
