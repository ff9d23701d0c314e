package io.tidegate.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A caller of files and batches, in the words of OpenAI's API. */
final class JobClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http;
  private final int port;
  private final String[] headers;

  JobClient(int port, HttpClient.Version version, String... headers) {
    this.http = HttpClient.newBuilder().version(version).connectTimeout(Duration.ofSeconds(5)).build();
    this.port = port;
    this.headers = headers;
  }

  record Answer(int status, byte[] bytes, JsonNode json) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  Answer ask(String method, String path, String type, byte[] body) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(60));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    if (body.length > 0) {
      request.header("content-type", type);
    }
    request.method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
    HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    boolean json = answer.headers().firstValue("content-type").orElse("").equals("application/json");
    return new Answer(answer.statusCode(), answer.body(), json ? JSON.readTree(answer.body()) : null);
  }

  Answer get(String path) throws IOException, InterruptedException {
    return ask("GET", path, "", new byte[0]);
  }

  Answer post(String path, String json) throws IOException, InterruptedException {
    return ask("POST", path, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  Answer upload(String purpose, byte[] file) throws IOException, InterruptedException {
    String head = "--xyz\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose
        + "\r\n--xyz\r\ncontent-disposition: form-data; name=\"file\"; filename=\"lines.jsonl\"\r\ncontent-type: application/octet-stream\r\n\r\n";
    byte[] first = head.getBytes(StandardCharsets.UTF_8);
    byte[] last = "\r\n--xyz--\r\n".getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[first.length + file.length + last.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(file, 0, all, first.length, file.length);
    System.arraycopy(last, 0, all, first.length + file.length, last.length);
    return ask("POST", "/v1/files", "multipart/form-data; boundary=xyz", all);
  }

  /** Uploads, makes a batch, and gives its id. */
  String submit(String lines) throws IOException, InterruptedException {
    Answer file = upload("batch", lines.getBytes(StandardCharsets.UTF_8));
    if (file.status() != 200) {
      throw new AssertionError(file.text());
    }
    Answer batch = post("/v1/batches", "{\"input_file_id\":\"" + file.json().get("id").asText()
        + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}");
    if (batch.status() != 200) {
      throw new AssertionError(batch.text());
    }
    return batch.json().get("id").asText();
  }

  /** Waits until the batch is over. */
  JsonNode over(String batch, Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Answer answer = get("/v1/batches/" + batch);
      JsonNode now = answer.json();
      if (answer.status() != 200) {
        throw new AssertionError(answer.text());
      }
      if (List.of("completed", "failed", "expired", "cancelled").contains(now.get("status").asText())) {
        return now;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not over within " + patience + ": " + now);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  List<JsonNode> lines(String file) throws IOException, InterruptedException {
    Answer content = get("/v1/files/" + file + "/content");
    if (content.status() != 200) {
      throw new AssertionError(content.text());
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : content.text().split("\n")) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  static String line(String id, String model, String text) {
    return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":" + TestBed.body(model, text, false) + "}\n";
  }
}
