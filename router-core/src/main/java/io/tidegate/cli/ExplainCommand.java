package io.tidegate.cli;

import io.tidegate.assay.Explain;
import io.tidegate.assay.ExplainReport;
import io.tidegate.assay.Placeholders;
import io.tidegate.assay.PolicyDetectors;
import io.tidegate.assay.PolicyPaths;
import io.tidegate.assay.world.Performance;
import io.tidegate.assay.world.Rehearsal;
import io.tidegate.assay.world.World;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.Catalog;
import io.tidegate.ingress.Reading;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestReader;
import io.tidegate.line.LineConfig;
import io.tidegate.line.Rules;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says why a request is decided as it is. Prints no value that was found, only what may be shown of it. */
@Command(name = "tidegate policy explain", description = "Says why a request is decided as it is: findings (masked), rules with what they read, join, route. "
    + "The request is --text, --body or standard input; or --id asks a running daemon about one it decided.")
final class ExplainCommand implements Callable<Integer> {
  private static final int MOST_BYTES = 16 << 20;

  @Parameters(index = "0..*", arity = "0..*", paramLabel = "PATH",
      description = "Policy files or directories. Default: policy.directory of the configuration.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--text", paramLabel = "TEXT", description = "The user's message; placeholders of policy tests such as {{cn_id}} are filled.")
  @Nullable String text;

  @Option(names = "--body", paramLabel = "FILE", description = "A whole JSON body. Without --text and --body it is read from standard input.")
  @Nullable Path body;

  @Option(names = "--id", paramLabel = "ID", description = "An x-tidegate-request-id: what the record says, asked of the daemon's admin listener.")
  @Nullable String id;

  @Option(names = "--operation", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Operation operation = Operation.CHAT;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
  String tenant = Caller.DEFAULT.tenant();

  @Option(names = "--caller", paramLabel = "NAME", description = "Name inside the tenant. Default: ${DEFAULT-VALUE}.")
  String caller = Caller.DEFAULT.name();

  @Option(names = "--group", paramLabel = "NAME", description = "A group of the caller. May be repeated.")
  List<String> groups = new ArrayList<>();

  @Option(names = "--sensitivity", paramLabel = "LEVEL", description = "What the caller declares: ${COMPLETION-CANDIDATES}.")
  Sensitivity declared = Sensitivity.PUBLIC;

  @Option(names = "--latency", paramLabel = "CLASS", description = "What the caller states: ${COMPLETION-CANDIDATES}.")
  @Nullable LatencyClass wish;

  @Option(names = "--deadline-seconds", paramLabel = "SECONDS", description = "Time that the caller grants.")
  int deadlineSeconds;

  @Option(names = "--now", paramLabel = "TIME", description = "For rules that read the time, such as 2026-01-05T12:00:00Z. Default: the present.")
  @Nullable Instant now;

  @Option(names = "--world", paramLabel = "PART=STATE", split = ",",
      description = "Walk it through a state of the world too: private=down,public=busy,consul=stale,cache=hit,audit=down.")
  List<String> world = new ArrayList<>();

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  ExplainCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    boolean asks = options.file != null || paths.isEmpty() || id != null;
    Optional<TidegateConfig> config = asks ? options.load(environment, terminal) : Optional.empty();
    if (asks && config.isEmpty()) {
      return Exit.BAD_CONFIGURATION;
    }
    if (id != null) {
      return new RecordedExplanation(terminal, json).ask(config.orElseThrow().admin().listen(), id);
    }
    Optional<CaseWorld> state = WorldOption.parse(world, terminal.err());
    Optional<byte[]> content = state.isEmpty() ? Optional.empty() : content();
    if (content.isEmpty()) {
      return Exit.USAGE;
    }
    int[] exit = {Exit.GOOD};
    List<Path> where = paths.isEmpty() ? List.of(config.orElseThrow().policy().directory()) : paths;
    Optional<PolicyBundle> bundle = PolicyPaths.bundle(where, LocalDate.now(), new PrintWriter(terminal.err(), true), exit);
    return bundle.isEmpty() ? exit[0] : explain(bundle.get(), content.get(), config, state.get());
  }

  private int explain(PolicyBundle bundle, byte[] content, Optional<TidegateConfig> config, CaseWorld state) {
    RequestFacts facts = new RequestFacts(new Caller(tenant, caller, Set.copyOf(groups)), declared, wish, Duration.ofSeconds(deadlineSeconds).toNanos(),
        CacheDirective.DEFAULT, null);
    Reading reading = new RequestReader(JsonLimits.DEFAULT).read(operation, content, facts, "explain", 0);
    return reading.fold(request -> explain(bundle, request, config, state), refused -> {
      terminal.err().println("the request would be refused before it is decided: " + refused.message());
      return Exit.FOUND;
    });
  }

  private int explain(PolicyBundle bundle, ModelRequest request, Optional<TidegateConfig> config, CaseWorld state) {
    List<Detector> builtIn = Classifier.allDetectors();
    Instant at = now == null ? Instant.now() : now;
    String region = config.map(TidegateConfig::region).orElse("");
    @Nullable Catalog catalog = options.file == null ? null : config.map(found -> new Catalog(found.upstreams())).orElse(null);
    Explain explain = Explain.of(bundle, builtIn, request, region, at, catalog);
    if (json) {
      terminal.out().println(ExplainReport.json(explain, bundle.version()));
      return Exit.GOOD;
    }
    ExplainReport.lines(explain, bundle.version()).forEach(terminal.out()::println);
    if (!world.isEmpty()) {
      Rehearsal rehearsal = new Rehearsal(new Rules(new Classifier(PolicyDetectors.with(builtIn, bundle)), new Decider(bundle, region)), new RehearsalPlugs(),
          LineConfig.DEFAULT);
      rehearsal.watch(Rehearsal.MARKER, at);
      if (state.cache() == CaseWorld.Cache.HIT || state.cache() == CaseWorld.Cache.OTHER_TENANT) {
        rehearsal.remember(request, state.cache() == CaseWorld.Cache.OTHER_TENANT);
      }
      Performance played = rehearsal.walk(request, World.of(state));
      terminal.out().println("where " + World.of(state) + ": " + played.outcome() + ", attempts at "
          + (played.sent().isEmpty() ? "nobody" : String.join(", ", played.sent().stream().map(sent -> sent.zone().name()).toList())));
    }
    return Exit.GOOD;
  }

  /** The body; empty after a message. */
  private Optional<byte[]> content() throws IOException {
    if (text != null && body != null) {
      terminal.err().println("--text and --body are both given. Fix: leave one out");
      return Optional.empty();
    }
    if (text != null) {
      return Optional.of(message(Placeholders.expand(text, new SplittableRandom(1))));
    }
    if (body != null && !Files.isRegularFile(body)) {
      terminal.err().println(body + ": no such file");
      return Optional.empty();
    }
    try (InputStream in = body == null ? System.in : Files.newInputStream(body)) {
      byte[] read = in.readNBytes(MOST_BYTES + 1);
      if (read.length > MOST_BYTES) {
        terminal.err().println("the body is longer than " + MOST_BYTES + " bytes");
        return Optional.empty();
      }
      return Optional.of(read);
    }
  }

  private byte[] message(String said) {
    JsonWriter out = new JsonWriter().beginObject().key("model").string("auto");
    switch (operation) {
      case CHAT -> out.key("messages").beginArray().beginObject().key("role").string("user").key("content").string(said).endObject().endArray();
      case COMPLETION -> out.key("prompt").string(said);
      case EMBEDDING -> out.key("input").string(said);
    }
    return out.endObject().toBytes();
  }
}
