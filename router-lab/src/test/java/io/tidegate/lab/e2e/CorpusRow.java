package io.tidegate.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * One labelled text. Prints its place, never its text.
 *
 * @param file its name, without ending
 * @param line from 1
 * @param tier what the labels come to, "null" if the file claims nothing
 * @param suspect doubtful as a negative
 */
record CorpusRow(String file, int line, String text, String tier, boolean suspect, List<Label> labels) {
  /** @param start in UTF-16 units, as {@code end}, which is exclusive */
  record Label(String type, int start, int end) {}

  String value(Label label) {
    return text.substring(label.start, label.end);
  }

  boolean restricted() {
    return tier.equals("restricted");
  }

  /** A text that nobody should mind: of a file of negatives. */
  boolean negative() {
    return file.startsWith("neg_") && !suspect;
  }

  @Override
  public String toString() {
    return file + ":" + line;
  }

  /** All rows of all {@code *.jsonl.gz} of a folder, in order. */
  static List<CorpusRow> all(Path folder) throws IOException {
    List<CorpusRow> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jsonl.gz")).sorted().toList()) {
        read(file, rows);
      }
    }
    return rows;
  }

  private static void read(Path file, List<CorpusRow> to) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    String name = file.getFileName().toString().replace(".jsonl.gz", "");
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        JsonNode row = mapper.readTree(line);
        List<Label> labels = new ArrayList<>();
        for (JsonNode entity : row.path("entities")) {
          labels.add(new Label(entity.get("type").asText(), entity.get("start").asInt(), entity.get("end").asInt()));
        }
        to.add(new CorpusRow(name, ++number, row.get("text").asText(), row.path("tier").asText("null"), row.path("suspect").asBoolean(), List.copyOf(labels)));
      }
    }
  }
}
