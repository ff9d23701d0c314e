package io.tidegate.lab.e2e;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.StartFailure;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.Emulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The whole daemon in this JVM, on free ports, with two private emulators and a public one that records every byte. Closing it leaves
 * nothing behind.
 */
final class TestBed implements AutoCloseable {
  static final String PUBLIC_MODEL = "deepseek-flash";
  static final String PRIVATE_MODEL = "qwen3-32b";

  final Emulator privateA;
  final Emulator privateB;
  final Emulator publicOne;
  final Daemon daemon;
  final Path directory;
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
  private final List<AutoCloseable> more = new ArrayList<>();

  private TestBed(Builder from) throws IOException, StartFailure {
    directory = QuickFolder.create("tidegate-e2e");
    privateA = Emulator.start(from.settings("private-a", EmulatedDialect.VLLM, PRIVATE_MODEL));
    privateB = Emulator.start(from.settings("private-b", EmulatedDialect.VLLM, PRIVATE_MODEL));
    publicOne = Emulator.start(from.settings("public", EmulatedDialect.DEEPSEEK, PUBLIC_MODEL));
    Path file = Files.writeString(directory.resolve("tidegate.yaml"), yaml(from));
    ConfigLoader.Loaded read = ConfigLoader.load(file, Environment.empty());
    TidegateConfig config = read.config().orElseThrow(() -> new IllegalStateException(read.problems().toString()));
    daemon = Daemon.start(config, Map.of());
  }

  static Path root() {
    return Path.of(System.getProperty("tidegate.root", ".."));
  }

  private String yaml(Builder from) {
    Map<String, String> keys = new HashMap<>(from.sections);
    keys.putIfAbsent("http", "{listen: '127.0.0.1:0'}");
    keys.putIfAbsent("grpc", "{listen: '127.0.0.1:0'}");
    keys.putIfAbsent("admin", "{listen: '127.0.0.1:0'}");
    keys.putIfAbsent("telemetry", "{logLevel: warn}");
    keys.putIfAbsent("policy", "{directory: '" + (from.policies == null ? root().resolve("policies") : from.policies) + "'}");
    keys.putIfAbsent("audit", "{directory: '" + directory.resolve("audit") + "'}");
    keys.putIfAbsent("health", "{interval: 1s, ejectAfter: 3, eject: 1s, maxEject: 2s}");
    StringBuilder text = new StringBuilder();
    keys.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    String privates = from.privateEndpoints ? "[{address: '127.0.0.1:" + privateA.port() + "'}, {address: '127.0.0.1:" + privateB.port() + "'}]" : "[]";
    text.append("upstreams:\n")
        .append("  - {name: private, zone: private, dialect: vllm, basePath: /v1, models: [").append(PRIVATE_MODEL).append("], defaultModel: ")
        .append(PRIVATE_MODEL).append(", endpoints: ").append(privates).append(", emulated: true").append(from.privateMore).append("}\n")
        .append("  - {name: public, zone: public, dialect: deepseek, basePath: /v1, models: [").append(PUBLIC_MODEL).append("], defaultModel: ")
        .append(PUBLIC_MODEL).append(", endpoints: [{address: '127.0.0.1:").append(from.publicAt == null ? publicOne.port() : from.publicAt.port())
        .append("'}], networks: ['127.0.0.0/8'], emulated: true").append(from.publicMore).append("}\n");
    from.upstreams.forEach(flow -> text.append("  - ").append(flow).append('\n'));
    return text.toString();
  }

  static Builder builder() {
    return new Builder();
  }

  static TestBed start() {
    return builder().start();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + daemon.httpPort() + path);
  }

  HttpResponse<String> post(String path, String json, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30)).header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** One chat request with one user message. */
  HttpResponse<String> chat(String model, String text, boolean stream, String... headers) {
    return post("/v1/chat/completions", body(model, text, stream), headers);
  }

  static String body(String model, String text, boolean stream) {
    return "{\"model\":\"" + model + "\",\"temperature\":0,\"stream\":" + stream + ",\"messages\":[{\"role\":\"user\",\"content\":"
        + io.tidegate.wire.JsonWriter.quote(text) + "}]}";
  }

  String admin(String path) {
    try {
      return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.adminPort() + path)).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sum of all samples of one metric whose labels contain every one of {@code parts}. */
  double metric(String name, String... parts) {
    double sum = 0;
    for (String line : admin("/metrics").split("\n")) {
      if (line.startsWith(name + "{") || line.startsWith(name + " ")) {
        if (Stream.of(parts).allMatch(line::contains)) {
          sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        }
      }
    }
    return sum;
  }

  /** Another private emulator at a port where one has died. */
  Emulator again(int port) {
    return Emulator.start(EmulatorConfig.builder(EmulatedDialect.VLLM).name("private-again").models(PRIVATE_MODEL).seed(1).port(port).build());
  }

  /** Closed together with the bed. */
  <T extends AutoCloseable> T with(T closeable) {
    more.add(closeable);
    return closeable;
  }

  @Override
  public void close() {
    try {
      for (int i = more.size() - 1; i >= 0; i--) {
        more.get(i).close();
      }
      daemon.close();
      privateA.close();
      privateB.close();
      publicOne.close();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException("the test bed could not be taken down", e);
    }
  }

  /** What a test wants different. */
  static final class Builder {
    private final Map<String, String> sections = new HashMap<>();
    private Consumer<EmulatorConfig.Builder> emulators = builder -> { };
    private Path policies;
    private boolean privateEndpoints = true;
    private Emulator publicAt;
    private String privateMore = "";
    private String publicMore = "";
    private final List<String> upstreams = new ArrayList<>();

    private Builder() {
      sections.put("timeouts", "{drain: 2s}");
    }

    /** A top-level section of the configuration, as YAML in flow style. */
    Builder section(String name, String flow) {
      sections.put(name, flow);
      return this;
    }

    Builder policies(Path directory) {
      policies = directory;
      return this;
    }

    /** No static private endpoints: they come from Consul. */
    Builder noPrivateEndpoints() {
      privateEndpoints = false;
      return this;
    }

    /** Somebody else's emulator stands for the public upstream, and is closed by whom it belongs to; the bed's own is asked nothing. */
    Builder publicAt(Emulator elsewhere) {
      publicAt = elsewhere;
      return this;
    }

    /** More keys for the private upstream, each with a leading comma. */
    Builder privateMore(String keys) {
      privateMore = keys;
      return this;
    }

    Builder publicMore(String keys) {
      publicMore = keys;
      return this;
    }

    /** One upstream more, as YAML in flow style. */
    Builder upstream(String flow) {
      upstreams.add(flow);
      return this;
    }

    Builder emulators(Consumer<EmulatorConfig.Builder> settings) {
      emulators = settings;
      return this;
    }

    private EmulatorConfig settings(String name, EmulatedDialect dialect, String model) {
      EmulatorConfig.Builder builder = EmulatorConfig.builder(dialect).name(name).models(model).seed(1);
      emulators.accept(builder);
      return builder.build();
    }

    TestBed start() {
      try {
        return new TestBed(this);
      } catch (IOException | StartFailure e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
