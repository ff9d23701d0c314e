package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Upstream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Proves a configuration without starting. */
@Command(name = "tidegate check", description = "Proves a configuration and its policies without starting: prints every problem, or a summary.")
final class CheckCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  CheckCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return options.load(environment, terminal).map(this::summary).orElse(Exit.BAD_CONFIGURATION);
  }

  private int summary(TidegateConfig config) {
    Path policies = config.policy().directory();
    StringWriter report = new StringWriter();
    if (PolicyCommand.run(PolicyCommand.Verb.CHECK, List.of(policies), false, new PrintWriter(report)) != Exit.GOOD) {
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
