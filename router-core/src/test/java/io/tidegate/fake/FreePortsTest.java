package io.tidegate.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void aNumberIsNotGivenOutAgainBeforeAllOthersWere() throws Exception {
    try (FreePorts ports = new FreePorts()) {
      int first = ports.next();
      Set<Integer> others = new HashSet<>();
      int again;
      while ((again = ports.next()) != first) {
        assertThat(others.add(again)).as("%d, given out twice before %d was", again, first).isTrue();
      }
      // But for those of a block's thousand that somebody on this machine may have.
      assertThat(others).hasSizeBetween(900, 998);
    }
  }

  @Test
  void everyOwnerHasNumbersOfItsOwn() throws Exception {
    try (FreePorts ports = new FreePorts(); FreePorts others = new FreePorts()) {
      int block = ports.next() / 1_000;
      assertThat(others.next() / 1_000).isNotEqualTo(block);
      assertThat(ports.next() / 1_000).isEqualTo(block).isBetween(22, 31);
    }
  }

  @Test
  void aNumberInUseIsSteppedOver() throws Exception {
    try (FreePorts ports = new FreePorts()) {
      int first = ports.next();
      try (ServerSocket stranger = new ServerSocket(first + 1, 1, InetAddress.getLoopbackAddress())) {
        assertThat(stranger.isBound()).isTrue();
        assertThat(ports.next()).isGreaterThan(first + 1);
      }
    }
  }
}
