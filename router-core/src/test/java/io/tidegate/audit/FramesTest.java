package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FramesTest {
  /** Byte by byte, as it is said. */
  private static int lastUsed(byte[] file, int from) {
    int end = file.length;
    while (end > from && file[end - 1] == 0) {
      end--;
    }
    return end;
  }

  @Test
  @DisplayName("G6 the last byte in use is found wherever it is, from wherever the look begins")
  void lastByteInUse() {
    SplittableRandom random = new SplittableRandom(20_261_126);
    for (int round = 0; round < 20_000; round++) {
      byte[] file = new byte[random.nextInt(64)];
      for (int i = random.nextInt(3); i > 0 && file.length > 0; i--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }
      int from = random.nextInt(file.length + 1);
      assertThat(Frames.lastUsed(ByteBuffer.wrap(file), from)).isEqualTo(lastUsed(file, from));
    }
  }

  @Test
  @DisplayName("G6 unused is what holds zeros only, and a segment with nothing behind its head; one byte behind it is not")
  void unused() {
    ByteBuffer file = ByteBuffer.allocate(4 * Segment.HEADER);
    assertThat(Frames.isUnused(file)).isTrue();
    file.put(3, (byte) 1);
    assertThat(Frames.isUnused(file)).as("no segment's head").isFalse();
    file.putLong(0, Segment.MAGIC);
    assertThat(Frames.isUnused(file)).isTrue();
    for (int at = Segment.HEADER; at < file.limit(); at++) {
      assertThat(Frames.isUnused(file.put(at, (byte) 1))).as("a byte at %d", at).isFalse();
      file.put(at, (byte) 0);
    }
  }
}
