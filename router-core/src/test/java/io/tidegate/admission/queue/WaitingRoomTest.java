package io.tidegate.admission.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeLoop;
import io.tidegate.model.LatencyClass;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who goes next, who is turned away, and that each is called once. */
class WaitingRoomTest {
  private static final long SECOND = 1_000_000_000L;

  private final FakeLoop loop = new FakeLoop();
  private final Doors doors = new Doors();
  private final List<Guest> guests = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private WaitingRoom room = new WaitingRoom(loop, doors, QueueRules.DEFAULT);

  /** Places that the test opens. */
  private static final class Doors implements Places {
    int free;
    int kept;

    @Override
    public int free(String upstream) {
      return free - kept;
    }

    @Override
    public void keep(String upstream) {
      kept++;
    }

    @Override
    public void unkeep(String upstream) {
      kept--;
    }
  }

  private final class Guest implements Waiter {
    final String name;
    Wake why = Wake.GRANTED;
    int called;
    int retryAfter;

    Guest(String name) {
      this.name = name;
    }

    @Override
    public Loop loop() {
      return loop;
    }

    @Override
    public void wake(Wake wake, String upstream, int retryAfterSeconds) {
      called++;
      why = wake;
      retryAfter = retryAfterSeconds;
      calls.add(name + " " + wake);
      if (wake == Wake.GRANTED) {
        room.arrived(upstream);
        doors.free--;
      }
    }
  }

  private Guest guest(String name, LatencyClass latencyClass, String tenant, long deadlineSeconds) {
    Guest guest = new Guest(name);
    guests.add(guest);
    room.offer(guest, new Waiter.Wish(latencyClass, tenant, List.of("home"), loop.nanos(), loop.nanos(), Long.MAX_VALUE, loop.nanos() + deadlineSeconds * SECOND));
    loop.run();
    return guest;
  }

  private void open(int places) {
    for (int i = 0; i < places; i++) {
      doors.free++;
      room.freed();
      loop.run();
    }
  }

  private static QueueRules bound(int total) {
    return new QueueRules(total, Map.of(LatencyClass.INTERACTIVE, total, LatencyClass.STANDARD, total, LatencyClass.BATCH, total),
        Map.of(LatencyClass.INTERACTIVE, SECOND, LatencyClass.STANDARD, 6 * SECOND, LatencyClass.BATCH, 60 * SECOND));
  }

  @AfterEach
  void nobodyIsLeft() {
    loop.advance(10_000 * SECOND);
    assertThat(guests).as("each is called once").allMatch(guest -> guest.called == 1);
    assertThat(doors.kept).as("places kept for nobody").isZero();
    assertThat(loop.pendingTimers()).isZero();
    for (LatencyClass each : LatencyClass.values()) {
      assertThat(room.depth(each)).isZero();
    }
  }

  @Test
  @DisplayName("R7.4 interactive goes before standard, standard before batch; inside a class the earliest deadline")
  void order() {
    guest("b", LatencyClass.BATCH, "t", 5);
    guest("s late", LatencyClass.STANDARD, "t", 9);
    guest("s soon", LatencyClass.STANDARD, "t", 7);
    guest("i", LatencyClass.INTERACTIVE, "t", 8);
    open(4);
    assertThat(calls).containsExactly("i GRANTED", "s soon GRANTED", "s late GRANTED", "b GRANTED");
  }

  @Test
  @DisplayName("R7.4 at 1,000 waiting new batch is refused first, then standard makes way, interactive last")
  void shedding() {
    for (int i = 0; i < 500; i++) {
      guest("b" + i, LatencyClass.BATCH, "t", 600);
      guest("s" + i, LatencyClass.STANDARD, "t", 60);
    }
    assertThat(guest("new batch", LatencyClass.BATCH, "t", 600).why).isEqualTo(Wake.FULL);
    for (int i = 0; i < 500; i++) {
      guest("new s" + i, LatencyClass.STANDARD, "t", 60);
    }
    assertThat(room.depth(LatencyClass.BATCH)).as("batch made way").isZero();
    assertThat(room.depth(LatencyClass.STANDARD)).isEqualTo(1_000);
    assertThat(guest("one more standard", LatencyClass.STANDARD, "t", 60).why).isEqualTo(Wake.FULL);
    for (int i = 0; i < 1_000; i++) {
      guest("i" + i, LatencyClass.INTERACTIVE, "t", 10);
    }
    assertThat(room.depth(LatencyClass.STANDARD)).as("standard made way").isZero();
    assertThat(room.depth(LatencyClass.INTERACTIVE)).isEqualTo(1_000);
    assertThat(guest("one more", LatencyClass.INTERACTIVE, "t", 10).why).isEqualTo(Wake.FULL);
  }

  @Test
  @DisplayName("R7.4 tenants take turns: one that has fifty waiting does not hold up one that has two")
  void fairShare() {
    for (int i = 0; i < 50; i++) {
      guest("loud" + i, LatencyClass.STANDARD, "loud", 5);
    }
    guest("q1", LatencyClass.STANDARD, "quiet", 20);
    guest("q2", LatencyClass.STANDARD, "quiet", 20);
    open(4);
    assertThat(calls).contains("q1 GRANTED", "q2 GRANTED");
    assertThat(calls.stream().filter(call -> call.startsWith("loud"))).hasSize(2);
  }

  @Test
  @DisplayName("R7.4 a tenant cannot fill the room: its own latest makes way for another's")
  void nobodyHogs() {
    room = new WaitingRoom(loop, doors, bound(10));
    for (int i = 0; i < 10; i++) {
      guest("loud" + i, LatencyClass.STANDARD, "loud", 10 + i);
    }
    assertThat(guest("quiet", LatencyClass.STANDARD, "quiet", 10).called).isZero();
    assertThat(calls).containsExactly("loud9 FULL");
  }

  @Test
  @DisplayName("R7.4 Retry-After is the time the room needs to empty: 30 ahead at 3 a second are 11 seconds; 60 while nothing moves")
  void retryAfter() {
    room = new WaitingRoom(loop, doors, bound(30));
    for (int i = 0; i < 30; i++) {
      guest("s" + i, LatencyClass.STANDARD, "t", 600);
    }
    assertThat(guest("x", LatencyClass.STANDARD, "t", 600).retryAfter).isEqualTo(60);
    for (int i = 0; i < 12; i++) {
      open(1);
      loop.advance(SECOND / 3);
      guest("again" + i, LatencyClass.STANDARD, "t", 600);
    }
    assertThat(guest("y", LatencyClass.STANDARD, "t", 600).retryAfter).isBetween(9, 14);
  }

  @Test
  @DisplayName("R7.8 whose deadline has passed is called at once, and never given a place")
  void expired() {
    Guest gone = guest("gone", LatencyClass.STANDARD, "t", 0);
    assertThat(gone.why).isEqualTo(Wake.EXPIRED);
    Guest soon = guest("soon", LatencyClass.STANDARD, "t", 1);
    guest("later", LatencyClass.STANDARD, "t", 5);
    loop.advance(SECOND + WaitingRoom.LOOK_NANOS);
    assertThat(soon.why).isEqualTo(Wake.EXPIRED);
    open(1);
    assertThat(calls).containsExactly("gone EXPIRED", "soon EXPIRED", "later GRANTED");
  }

  @Test
  @DisplayName("R7.8 in overload the newest waits least and who waited past twice the target is told; a burst alone changes nothing")
  void newestFirst() {
    for (int i = 0; i < 100; i++) {
      guest("old" + i, LatencyClass.INTERACTIVE, "t", 60);
      loop.advance(SECOND / 20);
    }
    assertThat(calls).as("after two seconds over the target").isNotEmpty().allMatch(call -> call.endsWith("OVERDUE"));
    guest("new", LatencyClass.INTERACTIVE, "t", 60);
    calls.clear();
    open(1);
    assertThat(calls).containsExactly("new GRANTED");
  }

  @Test
  @DisplayName("R7.8 a queue that empties again is no overload: the earliest deadline goes first")
  void burst() {
    for (int i = 0; i < 10; i++) {
      guest("a" + i, LatencyClass.INTERACTIVE, "t", 10 + i);
    }
    loop.advance(SECOND / 2);
    open(10);
    guest("b0", LatencyClass.INTERACTIVE, "t", 10);
    loop.advance(3 * SECOND / 2);
    guest("b1", LatencyClass.INTERACTIVE, "t", 10);
    loop.advance(SECOND / 4);
    calls.clear();
    open(1);
    assertThat(calls).containsExactly("b0 GRANTED");
  }

  @Test
  @DisplayName("R7.4 who withdraws is not called, and its place goes to the next")
  void withdrawn() {
    Guest left = new Guest("left");
    Ticket ticket = room.offer(left, new Waiter.Wish(LatencyClass.STANDARD, "t", List.of("home"), 0, 0, Long.MAX_VALUE, 10 * SECOND));
    guest("stays", LatencyClass.STANDARD, "t", 20);
    room.withdraw(ticket);
    open(1);
    assertThat(calls).containsExactly("stays GRANTED");
    assertThat(left.called).isZero();
  }
}
