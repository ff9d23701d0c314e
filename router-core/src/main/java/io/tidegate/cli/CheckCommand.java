package io.tidegate.cli;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.Origins;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Upstream;
import io.tidegate.wire.JsonWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves a configuration without starting. */
@Command(name = "tidegate check", description = "Proves a configuration and its policies without starting: prints every problem, or a summary.")
final class CheckCommand implements Callable<Integer> {
  @Option(names = "--show-origin", description = "Lists every setting with its value and where that came from: a flag, a variable, a line of the file, "
      + "or the default. A secret is never shown: what stands in a configuration is a reference to it.")
  boolean showOrigin;

  @Option(names = "--json", description = "Prints one JSON object: problems, or every setting with its origin.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  CheckCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ConfigLoader.Shown shown = ConfigLoader.show(options.file(environment), environment, options.sets);
    Optional<TidegateConfig> config = shown.loaded().config();
    if (json) {
      return json(shown);
    }
    terminal.problems(shown.loaded().problems());
    if (config.isPresent() && showOrigin) {
      origins(shown.origins());
      return Exit.GOOD;
    }
    return config.map(this::summary).orElse(Exit.BAD_CONFIGURATION);
  }

  private void origins(List<Origins.Origin> origins) {
    int key = origins.stream().mapToInt(origin -> origin.key().length()).max().orElse(0);
    int from = origins.stream().mapToInt(origin -> origin.from().length()).max().orElse(0);
    origins.forEach(origin -> terminal.out().println(String.format(Locale.ROOT, "%-" + key + "s  %-" + from + "s  %s", origin.key(), origin.from(),
        AuditText.escaped(origin.value())).stripTrailing()));
  }

  private int json(ConfigLoader.Shown shown) {
    Optional<TidegateConfig> config = shown.loaded().config();
    StringWriter report = new StringWriter();
    boolean policies = config.isPresent()
        && PolicyCheckCommand.run(List.of(config.get().policy().directory()), false, true, new PrintWriter(report)) == Exit.GOOD;
    JsonWriter out = new JsonWriter().beginObject().key("valid").bool(config.isPresent() && policies);
    Terminal.problems(out.key("problems"), shown.loaded().problems());
    if (config.isPresent() && report.toString().startsWith("{")) {
      out.key("policies").raw(report.toString().strip().getBytes(StandardCharsets.UTF_8));
    }
    out.key("settings").beginArray();
    shown.origins().forEach(origin -> out.beginObject().key("key").string(origin.key()).key("value").string(origin.value()).key("from")
        .string(origin.from()).endObject());
    terminal.json(out.endArray().endObject());
    return config.isPresent() && policies ? Exit.GOOD : Exit.BAD_CONFIGURATION;
  }

  private int summary(TidegateConfig config) {
    Path policies = config.policy().directory();
    StringWriter report = new StringWriter();
    if (PolicyCheckCommand.run(List.of(policies), false, false, new PrintWriter(report)) != Exit.GOOD) {
      // As at a start: no usable bundle, no daemon (G2).
      terminal.err().print(report);
      terminal.err().println("policy.directory: " + policies + " holds no usable policies. Fix: correct them, or name another directory");
      return Exit.BAD_CONFIGURATION;
    }
    terminal.out().println("configuration is valid: " + (options.file == null ? "built-in settings" : options.file));
    line("http", config.http().listen() + tls(config.http().tls()));
    line("grpc", config.grpc().listen() + tls(config.grpc().tls()));
    line("admin", config.admin().listen().toString());
    line("callers", callers(config.callers()));
    line("policies", policies + ": " + report.toString().strip().replace("\n", "\n            "));
    line("audit", config.audit().directory().toString());
    TidegateConfig.Consul consul = config.consul();
    line("consul", consul == null ? "not used" : consul.address().toString());
    if (config.upstreams().isEmpty()) {
      line("upstreams", "none: every request would be refused");
    }
    for (Upstream upstream : config.upstreams()) {
      line("upstream", upstream.name() + ": " + word(upstream.zone()) + ", " + word(upstream.dialect()) + ", "
          + (upstream.endpoints().size() == 1 ? "1 endpoint" : upstream.endpoints().size() + " endpoints")
          + (upstream.consulService() == null ? "" : " and Consul's " + upstream.consulService())
          + (upstream.tls() == null ? "" : ", TLS") + (upstream.key() == null ? "" : ", with a key") + (upstream.emulated() ? ", EMULATED" : ""));
    }
    return Exit.GOOD;
  }

  private void line(String name, String value) {
    terminal.out().println(String.format(Locale.ROOT, "  %-9s %s", name, value));
  }

  private static String callers(TidegateConfig.Identities callers) {
    List<String> kinds = new ArrayList<>();
    if (callers.rules().keysConfigured()) {
      kinds.add(callers.rules().keys().size() + " keys");
    }
    if (!callers.rules().users().isEmpty()) {
      kinds.add(callers.rules().users().size() + " rules for users");
    }
    if (!callers.rules().workloads().isEmpty()) {
      kinds.add(callers.rules().workloads().size() + " rules for workloads");
    }
    return kinds.isEmpty() ? "this host only, tenant default" : String.join(", ", kinds);
  }

  private static String tls(TidegateConfig.@org.jspecify.annotations.Nullable Tls tls) {
    return tls == null ? "" : tls.clientCa() == null ? ", TLS" : ", TLS with client certificates";
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
