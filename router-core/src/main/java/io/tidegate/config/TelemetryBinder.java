package io.tidegate.config;

import io.tidegate.model.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The section {@code telemetry}: its keys, defaults and ranges. */
final class TelemetryBinder {
  private static final Duration HOUR = Duration.ofHours(1);

  private final References references;

  TelemetryBinder(References references) {
    this.references = references;
  }

  private enum LogLevel { ERROR, WARN, INFO, DEBUG }

  TidegateConfig.Telemetry bind(Section s) {
    LogLevel level = s.word("logLevel", LogLevel.class).orElse(LogLevel.INFO);
    TidegateConfig.Telemetry telemetry = new TidegateConfig.Telemetry(level.name().toLowerCase(Locale.ROOT),
        s.optionalSection("otlp").map(this::otlp).orElse(null), s.optionalSection("traces").map(this::traces).orElse(null));
    s.end();
    return telemetry;
  }

  private TidegateConfig.@Nullable Otlp otlp(Section s) {
    Optional<URI> endpoint = s.needed("endpoint", ConfigBinder::serverUrl);
    Map<String, Secret> headers = headers(s, endpoint);
    Duration interval = s.duration("interval", Duration.ofSeconds(1), HOUR, Duration.ofSeconds(15));
    s.end();
    return endpoint.map(url -> new TidegateConfig.Otlp(url, headers, interval)).orElse(null);
  }

  private TidegateConfig.Traces traces(Section s) {
    Optional<URI> endpoint = s.optional("endpoint", ConfigBinder::serverUrl);
    TidegateConfig.Traces traces = new TidegateConfig.Traces(endpoint.orElse(null), headers(s, endpoint), s.decimal("ratio", 0, 1, 0.01),
        s.duration("slow", Duration.ofMillis(1), HOUR, Duration.ofSeconds(30)), s.word("propagate", TidegateConfig.Propagate.class).orElse(TidegateConfig.Propagate.PRIVATE));
    s.end();
    return traces;
  }

  private Map<String, Secret> headers(Section s, Optional<URI> endpoint) {
    Map<String, Secret> headers = new LinkedHashMap<>();
    for (Section header : s.sections("headers")) {
      Optional<String> name = header.needed("name", TelemetryBinder::headerName);
      Optional<Secret> value = header.needed("value", references::secret);
      header.end();
      if (name.isPresent() && value.isPresent()) {
        headers.put(name.get(), value.get());
      }
    }
    if (!headers.isEmpty() && endpoint.isPresent() && endpoint.get().getScheme().equals("http") && !Networks.loopback(endpoint.get().getHost())) {
      s.problem("endpoint", "the headers' secrets would go over the network in the clear", "write https, or the address of a collector on this host");
    }
    return headers;
  }

  /** One that a client may set, and that says nothing about the message itself. */
  private static String headerName(String text) throws Malformed {
    String name = text.toLowerCase(Locale.ROOT);
    boolean good = !name.isEmpty() && name.length() <= 64 && !name.startsWith("content-") && !name.startsWith("sec-") && !name.startsWith("proxy-");
    for (int i = 0; good && i < name.length(); i++) {
      char c = name.charAt(i);
      good = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }
    for (String ours : new String[] {"host", "connection", "upgrade", "expect", "transfer-encoding", "te", "trailer", "user-agent"}) {
      good &= !name.equals(ours);
    }
    if (!good) {
      throw new Malformed("'" + Malformed.shown(text) + "' is no header to set here", "write one such as authorization or x-scope-orgid");
    }
    return name;
  }
}
