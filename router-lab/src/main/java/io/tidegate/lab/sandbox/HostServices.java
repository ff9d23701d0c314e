package io.tidegate.lab.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.config.Networks;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Secret;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Real model services of this host: Ollama, llama.cpp and vLLM on their usual ports, and DeepSeek where the environment holds its key. Looking asks
 * loopback for lists of models and sends nothing else.
 */
final class HostServices {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Cidr LOOPBACK = Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8");
  private static final int HTTPS = 443;

  private HostServices() {}

  /** @param environment of the process */
  static List<Upstream> find(Map<String, String> environment) {
    List<Upstream> found = new ArrayList<>();
    local("ollama", Dialect.OLLAMA, 11434).ifPresent(found::add);
    local("llama-cpp", Dialect.LLAMA_CPP, 8080).ifPresent(found::add);
    local("vllm", Dialect.VLLM, 8000).ifPresent(found::add);
    String key = environment.get("DEEPSEEK_API_KEY");
    if (key != null && !key.isBlank()) {
      found.add(new Upstream("deepseek", Zone.PUBLIC, Dialect.DEEPSEEK, List.of("deepseek-flash", "deepseek-v4-pro"), "deepseek-flash", Map.of(), false,
          false, "", Networks.defaults(Zone.PUBLIC), new Upstream.Tls(null, null, true), new Secret(key.strip()), false,
          List.of(new Endpoint("deepseek", "api.deepseek.com:443", "api.deepseek.com", HTTPS, 1, false)), null, Duration.ofSeconds(3), 256));
    }
    return found;
  }

  private static Optional<Upstream> local(String name, Dialect dialect, int port) {
    try {
      HttpResponse<String> answer = HttpClient.newBuilder().connectTimeout(PATIENCE).build().send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/models")).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return Optional.empty();
      }
      List<String> models = new ArrayList<>();
      JsonNode data = new ObjectMapper().readTree(answer.body()).path("data");
      data.forEach(model -> models.add(model.path("id").asText()));
      models.removeIf(String::isBlank);
      if (models.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Upstream(name, Zone.PRIVATE, dialect, models, models.get(0), Map.of(), true, false, "/v1", List.of(LOOPBACK), null, null,
          true, List.of(new Endpoint(name, "127.0.0.1:" + port, "127.0.0.1", port, 1, false)), null, Duration.ofSeconds(1), 256));
    } catch (IOException nothingThere) {
      return Optional.empty();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
