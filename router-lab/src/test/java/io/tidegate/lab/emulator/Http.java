package io.tidegate.lab.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The JDK's client, as tests want it. */
final class Http {
  static final ObjectMapper JSON = new ObjectMapper();
  static final HttpClient H1 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Http() {}

  static HttpResponse<String> post(Emulator emulator, String path, String body, String... headers) {
    return send(H1, request(emulator, path, headers).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  static HttpResponse<String> get(Emulator emulator, String path, String... headers) {
    return send(H1, request(emulator, path, headers).GET().build());
  }

  static HttpRequest.Builder request(Emulator emulator, String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(emulator.baseUrl() + path)).timeout(Duration.ofSeconds(20));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  static HttpResponse<String> send(HttpClient client, HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(HttpResponse<String> answer) {
    return json(answer.body());
  }

  /** The {@code data:} payloads of an event stream, in order. */
  static List<String> events(String body) {
    List<String> events = new ArrayList<>();
    for (String block : body.split("\n\n")) {
      if (block.startsWith("data: ")) {
        events.add(block.substring(6));
      }
    }
    return events;
  }

  /** The same as trees, without {@code [DONE]}. */
  static List<JsonNode> chunks(String body) {
    return events(body).stream().filter(event -> !event.equals("[DONE]")).map(Http::json).toList();
  }

  /** All pieces of one delta field of one choice, joined. */
  static String joined(List<JsonNode> chunks, int index, String field) {
    StringBuilder all = new StringBuilder();
    for (JsonNode chunk : chunks) {
      for (JsonNode choice : chunk.path("choices")) {
        if (choice.path("index").asInt() == index) {
          all.append(choice.path("delta").path(field).asText(""));
        }
      }
    }
    return all.toString();
  }

  /** A chat body for a model with one user message and more fields, each as JSON source. */
  static String chat(String model, String text, String... more) {
    String fields = more.length == 0 ? "" : "," + String.join(",", more);
    return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":" + JSON.getNodeFactory().textNode(text) + "}]" + fields + "}";
  }
}
