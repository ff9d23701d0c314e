package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.lab.e2e.ConsoleBlocks.Command;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Does what README.md says, in its order, and compares every output with the one printed there. Needs curl and what script/test installs. */
class ReadmeTourIT {
  @Test
  @DisplayName("issue 3, 1: the tour's commands give the output printed in the README")
  void tour() throws Exception {
    List<Command> commands = ConsoleBlocks.of(TestBed.root().resolve("README.md"));
    assertThat(commands).as("the tour is there").hasSizeGreaterThan(15);
    try (Reader reader = new Reader()) {
      for (Command command : commands) {
        reader.does(command);
      }
    }
  }
}
