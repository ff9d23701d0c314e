package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CapacityTest {
  private final List<String> started = new ArrayList<>();

  private Capacity.Place enter(Capacity capacity, String pool, int priority, String name) {
    return capacity.enter(pool, priority, () -> started.add(name));
  }

  @Test
  @DisplayName("upstreams 9 slots, then a queue in order of priority and arrival, then refusal")
  void queues() {
    Capacity capacity = new Capacity(1, 3);
    Capacity.Place a = enter(capacity, "", 0, "a");
    Capacity.Place b = enter(capacity, "", 5, "b");
    enter(capacity, "", 1, "c");
    enter(capacity, "", 1, "d");
    assertThat(enter(capacity, "", 0, "e")).isNull();
    assertThat(capacity.running()).isEqualTo(1);
    assertThat(capacity.waiting()).isEqualTo(3);
    capacity.leave(a);
    assertThat(started).containsExactly("a", "c");
    capacity.leave(a);
    assertThat(started).as("left twice counts once").containsExactly("a", "c");
    capacity.leave(b);
    assertThat(capacity.waiting()).as("one gave up waiting").isEqualTo(1);
    assertThat(enter(capacity, "other", 0, "f")).isNotNull();
    assertThat(started).as("pools do not share").containsExactly("a", "c", "f");
  }
}
