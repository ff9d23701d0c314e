package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.audit.AuditReader.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentDecisionsTest {
  private static final int MOST = 20;

  @TempDir private Path directory;

  private static List<String> ids(List<Found> found) {
    return found.stream().map(each -> each.decided().requestId()).toList();
  }

  /** The newest of {@code count} requests, newest first. */
  private static List<String> newest(int count) {
    return IntStream.range(0, Math.min(MOST, count)).mapToObj(i -> "r" + (count - 1 - i)).toList();
  }

  @Test
  @DisplayName("the newest decisions come newest first, whichever loop wrote them, each with how it ended")
  void newestFirst() throws IOException {
    Rig rig = Rig.in(directory, "boot", 3);
    RecentDecisions recent = new RecentDecisions(directory, "boot", 3, MOST);
    assertThat(recent.look()).isEmpty();
    rig.traffic(7);
    assertThat(ids(recent.look())).isEqualTo(newest(7));
    assertThat(recent.look()).hasSize(7).allSatisfy(found -> assertThat(found.ended()).isNotNull());
    rig.stop();
  }

  @Test
  @DisplayName("one that is under way is shown so, and gets its end when it is written")
  void underWay() throws IOException {
    Rig rig = Rig.in(directory, "boot", 1);
    RecentDecisions recent = new RecentDecisions(directory, "boot", 1, MOST);
    rig.decide("slow");
    assertThat(recent.look()).singleElement().satisfies(found -> assertThat(found.ended()).isNull());
    rig.advance(Duration.ofSeconds(1));
    rig.decide("fast");
    rig.end("slow", 0);
    assertThat(recent.look()).hasSize(2).last().satisfies(found -> {
      assertThat(found.decided().requestId()).isEqualTo("slow");
      assertThat(found.ended()).isNotNull().extracting(AuditRecord.Ended::durationNanos).isEqualTo(5_000_000L);
    });
    rig.stop();
  }

  @Test
  @DisplayName("it follows over many segments, look by look or in one, and shows the same")
  void overSegments() throws IOException {
    Rig rig = Rig.in(directory, "boot", 2);
    RecentDecisions steady = new RecentDecisions(directory, "boot", 2, MOST);
    int sum = 0;
    for (int part : new int[] {1, 30, 400, 3, 900, 1}) {
      rig.traffic(part);
      sum += part;
      assertThat(ids(steady.look())).isEqualTo(newest(sum));
    }
    try (var files = java.nio.file.Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith(Segment.SUFFIX)).count()).as("segments").isGreaterThan(8);
    }
    assertThat(ids(new RecentDecisions(directory, "boot", 2, MOST).look())).as("one that comes late").isEqualTo(newest(sum));
    rig.stop();
  }

  @Test
  @DisplayName("records of another run are not shown, and a directory without any is none")
  void otherRuns() throws IOException {
    Rig before = Rig.in(directory, "before", 1);
    before.traffic(3);
    before.stop();
    assertThat(new RecentDecisions(directory, "boot", 1, MOST).look()).isEmpty();
    assertThat(new RecentDecisions(directory, "before", 1, MOST).look()).hasSize(3);
  }
}
