package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.FakeLoop;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.AttemptEvents;
import io.tidegate.line.Upstreams.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SingleFlightPropertyTest {
  private static final int SCHEDULES = 2_000;
  private static final int STEPS = 60;

  /** One caller. */
  private record Caller(RecordingSink sink, Line.Walk walk, FakeLoop loop) {}

  /** One call at the upstream, and what it has said. */
  private static final class Call {
    private final AttemptEvents events;
    private int said;
    private boolean over;

    Call(AttemptEvents events) {
      this.events = events;
    }
  }

  @Test
  @DisplayName("R2.4 G5 C7 whatever happens in whatever order, each caller gets one whole answer, one error, or has left; nothing is left over")
  void anyOrder() {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      try {
        new Schedule(seed).play();
      } catch (Throwable broken) {
        throw new AssertionError("seed " + seed, broken);
      }
    }
  }

  private static final class Schedule {
    private final Random random;
    private final LineRig rig = new LineRig();
    private final FakeLoop[] loops = {rig.loop, new FakeLoop()};
    private final List<Caller> callers = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final boolean stream;

    Schedule(int seed) {
      random = new Random(seed);
      stream = random.nextBoolean();
      rig.flights = new SingleFlight(40, random.nextInt(4) == 0 ? 30 : 1 << 20);
    }

    void play() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(8)) {
          case 0, 1 -> join();
          case 2 -> leave();
          case 3 -> writability();
          case 4, 5 -> say();
          case 6 -> loops[random.nextInt(2)].run();
          default -> {
            if (random.nextInt(3) == 0) {
              fail();
            }
          }
        }
      }
      settle();
      for (Caller caller : callers) {
        assertThat(caller.sink.calls).hasSizeLessThanOrEqualTo(2);
        if (caller.sink.calls.contains("close")) {
          assertThat(caller.sink.frames.toString()).as("a whole stream").startsWith("data: 0\n\n").endsWith("data: end\n\n");
          inOrder(caller.sink.frames.toString());
        }
      }
      assertThat(loops[1].pendingTimers()).isZero();
      rig.aftermath();
    }

    private static void inOrder(String frames) {
      String[] each = frames.split("\n\n");
      for (int i = 0; i < each.length - 1; i++) {
        assertThat(each[i]).as("no event lost, doubled or out of order").isEqualTo("data: " + i);
      }
    }

    private void join() {
      rig.upstreams.then(events -> calls.add(new Call(events)));
      RecordingSink sink = rig.sink();
      FakeLoop loop = loops[random.nextInt(2)];
      callers.add(new Caller(sink, rig.begin(stream ? Ask.harmless().stream() : Ask.harmless(), sink, loop), loop));
    }

    private void leave() {
      Caller caller = any();
      if (caller != null && !caller.sink.over()) {
        caller.sink.gone();
        caller.walk.cancel();
      }
    }

    private void writability() {
      Caller caller = any();
      if (caller != null) {
        caller.sink.writable = !caller.sink.writable;
        if (caller.sink.writable) {
          caller.walk.writable();
        }
      }
    }

    private Caller any() {
      return callers.isEmpty() ? null : callers.get(random.nextInt(callers.size()));
    }

    private void say() {
      Call call = open();
      if (call == null) {
        return;
      }
      if (!stream) {
        call.over = true;
        call.events.answered(rig.upstreams.bytes("{}"), Usage.UNKNOWN);
      } else if (random.nextInt(4) == 0) {
        end(call);
      } else {
        call.events.events(rig.upstreams.bytes("data: " + call.said++ + "\n\n"), true);
      }
    }

    private void end(Call call) {
      call.over = true;
      if (call.said == 0) {
        call.events.events(rig.upstreams.bytes("data: 0\n\n"), true);
      }
      call.events.events(rig.upstreams.bytes("data: end\n\n"), true);
      call.events.ended(Usage.UNKNOWN);
    }

    private void fail() {
      Call call = open();
      if (call != null) {
        call.over = true;
        call.events.failed(AttemptFailure.of(Kind.REQUEST_REJECTED));
      }
    }

    private Call open() {
      List<Call> open = calls.stream().filter(call -> !call.over).toList();
      return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }

    private void settle() {
      for (int round = 0; round < 4 * callers.size() + 4; round++) {
        for (Caller caller : callers) {
          caller.sink.writable = true;
          caller.walk.writable();
        }
        loops[0].run();
        loops[1].run();
        for (Call call : List.copyOf(calls)) {
          if (!call.over) {
            if (stream) {
              end(call);
            } else {
              call.over = true;
              call.events.answered(rig.upstreams.bytes("{}"), Usage.UNKNOWN);
            }
          }
        }
      }
      rig.upstreams.script.clear();
    }
  }
}
