package io.tidegate.gguf.cli;

import io.tidegate.gguf.sync.FolderSource;
import io.tidegate.gguf.sync.HttpSource;
import io.tidegate.gguf.sync.Look;
import io.tidegate.gguf.sync.ModelFolder;
import io.tidegate.gguf.sync.Refusal;
import io.tidegate.gguf.sync.Schedule;
import io.tidegate.gguf.sync.Source;
import io.tidegate.model.Problem;
import io.tidegate.policy.signature.KeyRing;
import io.tidegate.terminal.Progress;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Follows a signed manifest. */
@Command(name = "tidegate model sync", mixinStandardHelpOptions = true,
    description = "Keeps DIR/current.gguf at the model that a signed manifest names. A server started with --file DIR/current.gguf takes it over by itself.")
final class SyncCommand implements Callable<Integer> {
  @Option(names = "--from", required = true, paramLabel = "SOURCE", description = "A folder, or http(s)://host/path/ of the private zone.")
  String from = "";

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "The folder of models.")
  Path to = Path.of("");

  @Option(names = "--keyring", required = true, paramLabel = "FILE", description = "Whose signatures count, as for policies.")
  Path keyring = Path.of("");

  @Option(names = "--every", defaultValue = "PT1H", description = "Time between two looks, give or take a tenth, such as PT1H. Default: ${DEFAULT-VALUE}.")
  Duration every = Duration.ofHours(1);

  @Option(names = "--once", description = "Look once. Exit code 1 if what is there was refused or could not be had.")
  boolean once;

  @Option(names = "--json", description = "Prints one JSON object a look, one a line.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    Optional<Source> source = source();
    if (source.isEmpty() || every.compareTo(Duration.ofSeconds(1)) < 0 || every.compareTo(Duration.ofDays(30)) > 0) {
      System.err.println("tidegate model sync: --from must be a folder or http(s)://host/path/, --every PT1S to P30D");
      return Exit.USAGE;
    }
    if (!Files.isDirectory(to) || !Files.isWritable(to)) {
      System.err.println("tidegate model sync: --to must be a folder that this user may write: " + to);
      return Exit.BAD_CONFIGURATION;
    }
    Schedule schedule = new Schedule(every);
    SecureRandom random = new SecureRandom();
    int failures = 0;
    while (true) {
      boolean good = false;
      try (Progress progress = Progress.onStandardError("bytes")) {
        Look look = new Look(new ModelFolder(to, progress::at), source.get());
        Optional<KeyRing> ring = ring();
        if (ring.isEmpty()) {
          return Exit.BAD_CONFIGURATION;
        }
        Look.Found found = look.once(ring.get(), LocalDate.now(ZoneOffset.UTC));
        progress.close();
        System.err.println((found.swapped() ? "took " : "have ") + found.manifest().name() + " revision " + found.manifest().revision() + ", "
            + found.fetched() + " bytes fetched");
        tell(new JsonWriter().beginObject().key("outcome").string(found.swapped() ? "took" : "have").key("name").string(found.manifest().name()).key("revision")
            .number(found.manifest().revision()).key("fetched_bytes").number(found.fetched()));
        failures = 0;
        good = true;
      } catch (Refusal e) {
        System.err.println("refused: " + e.getMessage() + ". The old model goes on.");
        tell(new JsonWriter().beginObject().key("outcome").string("refused").key("why").string(String.valueOf(e.getMessage())));
        failures = 0;
      } catch (IOException e) {
        System.err.println("not had: " + e.getMessage() + ". The old model goes on; what came is kept.");
        tell(new JsonWriter().beginObject().key("outcome").string("not_had").key("why").string(String.valueOf(e.getMessage())));
        failures++;
      }
      if (once) {
        return good ? Exit.GOOD : Exit.FOUND;
      }
      Thread.sleep(schedule.next(failures, random).toMillis());
    }
  }

  private void tell(JsonWriter look) {
    if (json) {
      System.out.println(new String(look.endObject().toBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Read at each look: a key that was revoked must not wait for a restart. */
  private Optional<KeyRing> ring() throws IOException {
    List<Problem> problems = new ArrayList<>();
    Optional<KeyRing> ring = KeyRing.parse(keyring.toString(), Files.readAllBytes(keyring), problems);
    problems.forEach(problem -> System.err.println(problem));
    return ring;
  }

  private Optional<Source> source() {
    if (from.startsWith("http://") || from.startsWith("https://")) {
      try {
        URI base = URI.create(from.endsWith("/") ? from : from + "/");
        return base.getHost() == null || base.getUserInfo() != null || base.getQuery() != null ? Optional.empty() : Optional.of(new HttpSource(base));
      } catch (IllegalArgumentException notOne) {
        return Optional.empty();
      }
    }
    return Files.isDirectory(Path.of(from)) ? Optional.of(new FolderSource(Path.of(from))) : Optional.empty();
  }
}
