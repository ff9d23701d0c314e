package io.tidegate.fake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A real file system of its own, small enough to be filled. Mounting asks for root: without it the test is skipped, and says so. */
public final class SmallDisk implements AutoCloseable {
  private static final int MOST_FILLINGS = 100;

  private final Path path;
  private final List<Path> mounted = new ArrayList<>();

  private SmallDisk(Path path) {
    this.path = path;
  }

  /** @param size as {@code mount} reads it, such as {@code 1m} */
  public static SmallDisk mount(Path at, String size) throws IOException, InterruptedException {
    SmallDisk disk = new SmallDisk(at);
    String objection = disk.run("mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=700", "tidegate-test", at.toString());
    if (objection != null) {
      System.out.println("SKIPPED: no small disk can be mounted here (" + objection + "); run as root");
      Assumptions.abort("no small disk can be mounted here: " + objection);
    }
    disk.mounted.add(at);
    return disk;
  }

  public Path path() {
    return path;
  }

  /** Leaves no byte free, nor any that somebody gives back meanwhile. */
  public void fill() throws IOException {
    IOException full = takeAll();
    for (int more = 0; more < MOST_FILLINGS && Files.getFileStore(path).getUsableSpace() > 0; more++) {
      full = takeAll();
    }
    if (Files.getFileStore(path).getUsableSpace() > 0) {
      throw full;
    }
  }

  /** Writes until that fails. */
  private IOException takeAll() {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(path.resolve("filler"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (;;) {
        out.write(block);
      }
    } catch (IOException full) {
      return full;
    }
  }

  /** Frees what {@link #fill} took. */
  public void free() throws IOException {
    Files.delete(path.resolve("filler"));
  }

  /** Whoever opens a file below {@code directory} from now on may only read; what is open stays as it is. */
  public void readOnly(Path directory) throws IOException, InterruptedException {
    must("mount", "--bind", directory.toString(), directory.toString());
    mounted.add(directory);
    must("mount", "-o", "remount,bind,ro", directory.toString());
  }

  /** Undoes {@link #readOnly}. */
  public void writable(Path directory) throws IOException, InterruptedException {
    must("umount", directory.toString());
    mounted.remove(directory);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (int i = mounted.size() - 1; i >= 0; i--) {
      // What a log still holds open goes with it.
      must("umount", "-l", mounted.get(i).toString());
    }
    mounted.clear();
  }

  private void must(String... command) throws IOException, InterruptedException {
    String objection = run(command);
    if (objection != null) {
      throw new IOException(objection);
    }
  }

  /** What the command objects; null if it went well. */
  private @Nullable String run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException missing) {
      return "there is no " + command[0];
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? null : said.isEmpty() ? command[0] + " failed" : said;
  }
}
