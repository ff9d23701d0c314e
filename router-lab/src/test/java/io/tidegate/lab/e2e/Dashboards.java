package io.tidegate.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The shipped Grafana dashboards, as the tests read them. */
final class Dashboards {
  static final Path FOLDER = TestBed.root().resolve("deploy/grafana");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One expression of one panel. */
  record Query(String board, String panel, String expression) {
    /** With Grafana's variables filled in, and all of the last minutes in view. */
    String forNow(String job) {
      return expression.replace("$__rate_interval", "2m").replace("$__range", "2m").replace("$job", job).replace("$instance", ".*");
    }
  }

  private Dashboards() {}

  static List<JsonNode> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<JsonNode> boards = new ArrayList<>();
      for (Path file : files.filter(name -> name.toString().endsWith(".json")).sorted().toList()) {
        boards.add(JSON.readTree(file.toFile()));
      }
      return boards;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode board : all()) {
      for (JsonNode panel : board.get("panels")) {
        for (JsonNode target : panel.path("targets")) {
          queries.add(new Query(board.get("uid").asText(), panel.get("title").asText(), target.get("expr").asText()));
        }
      }
    }
    return queries;
  }
}
