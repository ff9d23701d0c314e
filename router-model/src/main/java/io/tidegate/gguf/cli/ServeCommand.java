package io.tidegate.gguf.cli;

import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.llama.LlamaWeights;
import io.tidegate.gguf.serve.ModelServer;
import io.tidegate.gguf.serve.Serving;
import io.tidegate.gguf.serve.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server until it is told to stop. */
@Command(name = "tidegate model serve", mixinStandardHelpOptions = true, description = "Serves a GGUF file over a Unix socket, in the OpenAI shape.")
final class ServeCommand implements Callable<Integer> {
  private static final int MOST_MODE = 0777;
  private static final long STOP_SECONDS = 15;
  private static final long LOOK_SECONDS = 2;
  private static final long DRAIN_MILLIS = 600_000;

  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  @Option(names = "--file", required = true, paramLabel = "FILE", description = "The model, a GGUF file, or a link to one. When it leads to another file, that one takes over without a restart.")
  Path file = Path.of("");

  @Option(names = "--listen", required = true, paramLabel = "unix:PATH", description = "Where to listen; there is no other way in.")
  String listen = "";

  @Option(names = "--socket-mode", defaultValue = "0660", description = "Permissions of the socket: who may write it may ask. Default: ${DEFAULT-VALUE}.")
  String mode = "";

  @Option(names = "--name", description = "By which callers ask for the model. Default: the file's name without .gguf.")
  String name = "";

  @Option(names = "--slots", defaultValue = "2", description = "Answers under way at a time. Default: ${DEFAULT-VALUE}.")
  int slots;

  @Option(names = "--context", defaultValue = "4096", description = "Tokens of one prompt and its answer. Default: ${DEFAULT-VALUE}.")
  int context;

  @Option(names = "--queue", defaultValue = "32", description = "Requests that wait for a slot; the next gets 503. Default: ${DEFAULT-VALUE}.")
  int queue;

  @Option(names = "--max-tokens", defaultValue = "1024", description = "Longest answer where a request names no bound. Default: ${DEFAULT-VALUE}.")
  int usual;

  @Option(names = "--threads", defaultValue = "0", description = "Threads that compute; 0 for one per core. Default: ${DEFAULT-VALUE}.")
  int threads;

  @Option(names = "--body-limit", defaultValue = "4194304", description = "Bytes of one request; 413 past it. Default: ${DEFAULT-VALUE}.")
  int bodyBytes;

  @Option(names = "--no-embeddings", description = "Answer /v1/embeddings with 501.")
  boolean noEmbeddings;

  @Option(names = "--with-parent", hidden = true, description = "End when the standard input does.")
  boolean withParent;

  @Override
  public Integer call() {
    String problem = problem();
    if (problem != null) {
      System.err.println("tidegate model serve: " + problem);
      return Exit.USAGE;
    }
    Path socket = Path.of(listen.substring("unix:".length()));
    Settings settings = new Settings(socket, permissions(Integer.parseInt(mode, 8)), bodyBytes, 1024, 256, !noEmbeddings);
    int computing = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    long before = System.nanoTime();
    try (ModelServer server = new ModelServer(settings, new SecureRandom(), InstantSource.system());
        Serving serving = new Serving(server, file, path -> LlamaWeights.load(path, named(), computing),
            weights -> new Batcher(weights, slots, context, queue, usual, System::nanoTime), InstantSource.system(), DRAIN_MILLIS)) {
      System.err.printf("ready: %s on unix:%s, %d slots of %d tokens, %d threads, loaded in %d ms%n", named(), socket, slots, context, computing,
          (System.nanoTime() - before) / 1_000_000);
      untilToldToStop(serving);
      return Exit.GOOD;
    } catch (IOException | IllegalStateException e) {
      System.err.println("tidegate model serve: " + e.getMessage());
      return Exit.BAD_CONFIGURATION;
    } finally {
      closed.countDown();
    }
  }

  /** A signal begins the shutdown, which must not end before the model's threads have: they are in native code. */
  private void untilToldToStop(Serving serving) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      told.countDown();
      try {
        closed.await(STOP_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }, "stop"));
    if (withParent) {
      Thread parent = new Thread(this::untilInputEnds, "parent");
      parent.setDaemon(true);
      parent.start();
    }
    try {
      while (!told.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
        Serving.Look look = serving.look(complaint -> System.err.println("refused: " + complaint + ". The old model goes on."));
        if (look == Serving.Look.TAKEN) {
          System.err.println("took over the new file at " + file);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void untilInputEnds() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said there.
      }
    } catch (IOException gone) {
      // The same.
    }
    told.countDown();
  }

  private String named() {
    if (!name.isEmpty()) {
      return name;
    }
    String of = String.valueOf(file.getFileName());
    return of.endsWith(".gguf") ? of.substring(0, of.length() - ".gguf".length()) : of;
  }

  private @org.jspecify.annotations.Nullable String problem() {
    if (!listen.startsWith("unix:") || listen.length() == "unix:".length()) {
      return "--listen must be unix:/path/of/socket. Fix: this server has no network, by intent";
    }
    if (!mode.matches("0?[0-7]{3}") || Integer.parseInt(mode, 8) > MOST_MODE) {
      return "--socket-mode must be an octal number such as 0660";
    }
    if (slots < 1 || slots > 64 || context < 64 || context > 1 << 20 || (long) slots * context > 1 << 22) {
      return "--slots must be 1 to 64, --context 64 to 1048576, and both multiplied at most 4194304";
    }
    if (queue < 0 || queue > 10_000 || usual < 1 || threads < 0 || threads > 1024 || bodyBytes < 1024 || bodyBytes > 64 << 20) {
      return "--queue must be 0 to 10000, --max-tokens at least 1, --threads 0 to 1024, --body-limit 1024 to 67108864";
    }
    return null;
  }

  private static String permissions(int octal) {
    StringBuilder text = new StringBuilder();
    for (int bit = 8; bit >= 0; bit--) {
      text.append((octal >> bit & 1) == 1 ? "xwr".charAt(bit % 3) : '-');
    }
    return text.toString();
  }
}
