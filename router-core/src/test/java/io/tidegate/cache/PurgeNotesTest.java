package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** Another process: notes so many, once it is told to; or has the file's lock until then. */
  public static void main(String[] args) throws IOException {
    if (args.length > 1) {
      try (FileChannel channel = FileChannel.open(Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
        System.out.println(lock.isValid() ? "ready" : "not locked");
        System.in.read();
      }
      return;
    }
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

  private static Process another(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
        "-Xmx64m", "-cp", System.getProperty("java.class.path"), PurgeNotesTest.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  @DisplayName("G8 a process that stands still while it has the file holds up a purge for a while, and not for ever: that it is not noted is said")
  void standsStill() throws Exception {
    Path file = folder.resolve("purges");
    Process other = another(file.toString(), file + ".lock");
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("ready");
      PurgeNotes notes = new PurgeNotes(file, new byte[32], 50_000_000);
      CompletableFuture<Void> purge = CompletableFuture.runAsync(() -> {
        assertThatThrownBy(() -> notes.add(Purge.ALL, 1)).isInstanceOf(IOException.class).hasMessageContaining("another process");
      });
      purge.get(60, TimeUnit.SECONDS);
      other.outputWriter().append('\n').close();
      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      notes.add(Purge.ALL, 2);
      assertThat(new PurgeNotes(file, new byte[32]).news()).hasSize(1);
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  @DisplayName("G4 of purges that two processes, and two threads of one, note at the same time, none is lost")
  void together() throws Exception {
    Path file = folder.resolve("purges");
    Process other = another(file.toString());
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
