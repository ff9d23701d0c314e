package io.tidegate.bench;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the benchmarks work on: chat bodies of about 1 and 16 KB, plain English without anything to find (the ordinary case that must be cheap). */
final class Bodies {
  private static final String SENTENCE = "Summarise the quarterly maintenance report for the northern pumping stations, list every anomaly with its date, "
      + "and propose an order of work. ";

  private Bodies() {}

  static byte[] of(String name) {
    int size = switch (name) {
      case "chat1k" -> 1_000;
      case "chat16k" -> 16_300;
      default -> throw new IllegalArgumentException("no such body: " + name);
    };
    StringBuilder text = new StringBuilder("{\"model\":\"deepseek-chat\",\"messages\":[{\"role\":\"system\",\"content\":\"You are a careful assistant for the "
        + "operations team. Answer in plain English, cite the section you used, and say so when you do not know.\"},{\"role\":\"user\",\"content\":\"");
    while (text.length() + SENTENCE.length() < size - 60) {
      text.append(SENTENCE);
    }
    return text.append("\"}],\"temperature\":0.7,\"max_tokens\":512,\"stream\":false}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The body, parsed and read. */
  static ModelRequest request(String name) throws JsonException {
    return new ModelRequest("0123456789abcdef01234567", Operation.CHAT, new Prompt(JsonText.parse(of(name), JsonLimits.DEFAULT)), "deepseek-chat", false,
        false, true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0);
  }

  static Upstream upstream() {
    return new Upstream("public", Zone.PUBLIC, Dialect.DEEPSEEK, List.of("*"), null, Map.of(), false, false, "/v1",
        List.of(Cidr.of(new byte[4], 0, "0.0.0.0/0")), null, null, true, List.of(), null, Duration.ofSeconds(1), 100);
  }

  /** The shipped bundle. */
  static PolicyBundle policy() throws IOException {
    Map<String, byte[]> texts = new HashMap<>();
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("tidegate.root", ".")).resolve("policies"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
        texts.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return PolicyCompiler.compile(texts, LocalDate.EPOCH).bundle().orElseThrow();
  }
}
