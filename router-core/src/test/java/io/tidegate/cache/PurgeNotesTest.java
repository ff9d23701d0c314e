package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeNotesTest {
  private static final int EACH = 12;

  @TempDir Path folder;

  /** Another process: notes so many, once it is told to. */
  public static void main(String[] args) throws IOException {
    System.out.println("ready");
    if (System.in.read() >= 0) {
      note(Path.of(args[0]), "other");
    }
  }

  private static void note(Path file, String who) throws IOException {
    PurgeNotes notes = new PurgeNotes(file, new byte[32]);
    for (int i = 0; i < EACH; i++) {
      notes.add(new Purge(who + i, null, null, null), i);
    }
  }

  @Test
  @DisplayName("G4 of purges that two processes, and two threads of one, note at the same time, none is lost")
  void together() throws Exception {
    Path file = folder.resolve("purges");
    Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp",
        System.getProperty("java.class.path"), PurgeNotesTest.class.getName(), file.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("ready");
      other.outputWriter().append('\n').close();
      List<CompletableFuture<Void>> here = new ArrayList<>();
      for (String who : List.of("one", "two")) {
        here.add(CompletableFuture.runAsync(() -> {
          try {
            note(file, who);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }));
      }
      here.forEach(each -> each.orTimeout(60, TimeUnit.SECONDS).join());
      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(other.exitValue()).isZero();
    } finally {
      other.destroyForcibly();
    }
    List<String> noted = new PurgeNotes(file, new byte[32]).news().stream().map(each -> each.purge().tenant()).toList();
    assertThat(noted).containsExactlyInAnyOrderElementsOf(Stream.of("one", "two", "other").flatMap(who -> Stream.iterate(0, i -> i < EACH, i -> i + 1).map(i -> who + i)).toList());
  }
}
