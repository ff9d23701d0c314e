package io.tidegate.classify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.model.Sensitivity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * How well each type is seen, counted by row: a row that is labelled with the type and said to hold it is right, one without the other is a miss or a false alarm.
 * Rows without a claim (tier null) count for nothing, suspect negatives neither. With F2 (recall counts four times) and intervals: Wilson's for recall and precision,
 * a bootstrap over rows for F2.
 */
public final class TypeScores {
  /** Types that stand for each other in labels; the first is the name shown. */
  private static final Map<String, String> FAMILY = Map.of("CN_BANK_CARD", "CARD", "CREDIT_CARD", "CARD", "PASSWORD", "SECRET", "CONNECTION_STRING", "SECRET");
  private static final int RESAMPLES = 1_000;

  /** Outcomes of one type by row. */
  public static final class Score {
    int right;
    int missed;
    int falsely;

    /** Share of labelled rows that were seen. */
    public double recall() {
      return right + missed == 0 ? 1 : (double) right / (right + missed);
    }

    /** Share of rows said to hold it that do. */
    public double precision() {
      return right + falsely == 0 ? 1 : (double) right / (right + falsely);
    }

    double f2() {
      return f2(right, missed, falsely);
    }

    private static double f2(double right, double missed, double falsely) {
      return right == 0 ? 0 : 5 * right / (5 * right + 4 * missed + falsely);
    }

    /** The middle 95 % of F2 over resampled rows. */
    double[] f2Interval() {
      SplittableRandom random = new SplittableRandom(20_261_125);
      double[] values = new double[RESAMPLES];
      int rows = right + missed + falsely;
      for (int i = 0; i < RESAMPLES; i++) {
        int[] drawn = new int[3];
        for (int j = 0; j < rows; j++) {
          int row = random.nextInt(rows);
          drawn[row < right ? 0 : row < right + missed ? 1 : 2]++;
        }
        values[i] = f2(drawn[0], drawn[1], drawn[2]);
      }
      java.util.Arrays.sort(values);
      return new double[] {values[RESAMPLES / 40], values[RESAMPLES - 1 - RESAMPLES / 40]};
    }
  }

  final Map<String, Score> types = new TreeMap<>();
  /** By language group: restricted rows, and how many of them were said to be less. */
  final Map<String, int[]> restricted = new TreeMap<>();
  /** By kind of negative: rows, raised to CONFIDENTIAL or above, to RESTRICTED. */
  final Map<String, int[]> negatives = new TreeMap<>();

  /** Reads all {@code *.jsonl.gz} of {@code folder} under the shipped policy. */
  public static TypeScores of(Path folder) throws IOException {
    TypeScores scores = new TypeScores();
    ObjectMapper mapper = new ObjectMapper();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jsonl.gz")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".jsonl.gz", "");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
          for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            scores.row(name, mapper.readTree(line));
          }
        }
      }
    }
    return scores;
  }

  private void row(String file, JsonNode row) {
    boolean negative = file.startsWith("neg_");
    boolean claims = !row.path("tier").isNull() && !row.path("tier").isMissingNode();
    if (row.path("suspect").asBoolean() || !claims && !negative) {
      return;
    }
    Shipped.Said said = Shipped.chat(row.get("text").asText());
    Set<String> labelled = new HashSet<>();
    row.path("entities").forEach(entity -> labelled.add(family(entity.get("type").asText())));
    Set<String> seen = new HashSet<>();
    said.seen().forEach(type -> seen.add(family(type)));
    // A failed check digit is seen as a card or a number by its words only: every type is counted where it is labelled at all.
    for (String type : labelled) {
      Score score = types.computeIfAbsent(type, t -> new Score());
      score.right += seen.contains(type) ? 1 : 0;
      score.missed += seen.contains(type) ? 0 : 1;
    }
    for (String type : seen) {
      if (!labelled.contains(type)) {
        types.computeIfAbsent(type, t -> new Score()).falsely++;
      }
    }
    if (row.path("tier").asText().equals("restricted")) {
      int[] count = restricted.computeIfAbsent(file.startsWith("zh_") ? "Chinese" : file.startsWith("mixed_secrets") ? "secrets" : file.contains("adversarial") ? "adversarial" : file.startsWith("mixed_") ? "mixed" : "English", g -> new int[2]);
      count[0]++;
      count[1] += said.sensitivity() == Sensitivity.RESTRICTED ? 0 : 1;
    }
    if (negative) {
      int[] count = negatives.computeIfAbsent(file.contains("hard") ? "look-alikes" : "prompts", g -> new int[3]);
      count[0]++;
      count[1] += said.sensitivity().compareTo(Sensitivity.CONFIDENTIAL) >= 0 ? 1 : 0;
      count[2] += said.sensitivity() == Sensitivity.RESTRICTED ? 1 : 0;
    }
  }

  private static String family(String type) {
    return FAMILY.getOrDefault(type, type);
  }

  /** The tables, for docs/accuracy.md. */
  public String markdown() {
    StringBuilder out = new StringBuilder("| type | rows with it | recall | 95 % | rows said to have it | precision | 95 % | F2 | 95 % |\n|---|---|---|---|---|---|---|---|---|\n");
    types.forEach((type, s) -> {
      if (s.right + s.missed > 0 && s.right > 0) {
        double[] f2 = s.f2Interval();
        out.append(String.format(Locale.ROOT, "| %s | %d | %.4f | %s | %d | %.4f | %s | %.4f | %.4f to %.4f |%n", type, s.right + s.missed, s.recall(), wilson(s.right, s.right + s.missed), s.right + s.falsely,
            s.precision(), wilson(s.right, s.right + s.falsely), s.f2(), f2[0], f2[1]));
      }
    });
    out.append("\n| restricted rows | rows | classified lower | 95 % |\n|---|---|---|---|\n");
    restricted.forEach((group, n) -> out.append(String.format(Locale.ROOT, "| %s | %d | %d (%.2f %%) | %s |%n", group, n[0], n[1], 100.0 * n[1] / n[0], wilson(n[1], n[0]))));
    out.append("\n| harmless | rows | raised to CONFIDENTIAL or above | of these to RESTRICTED |\n|---|---|---|---|\n");
    negatives.forEach((group, n) -> out.append(String.format(Locale.ROOT, "| %s | %d | %d (%.2f %%) | %d (%.2f %%) |%n", group, n[0], n[1], 100.0 * n[1] / n[0], n[2], 100.0 * n[2] / n[0])));
    return out.toString();
  }

  /** The same for the held-out texts, by group. */
  public static String heldOut() {
    StringBuilder out = new StringBuilder("| held-out texts | texts of lines | at least as sensitive as they should be | 95 % | with their type |\n|---|---|---|---|---|\n");
    for (String file : List.of("secrets.txt", "documents.txt", "second.txt", "third.txt")) {
      Map<String, int[]> groups = new TreeMap<>();
      Map<String, Set<Integer>> lines = new TreeMap<>();
      for (HeldOut.Text text : HeldOut.labelled(file, 5)) {
        Shipped.Said said = Shipped.chat(text.text());
        int[] n = groups.computeIfAbsent(text.group(), g -> new int[3]);
        lines.computeIfAbsent(text.group(), g -> new HashSet<>()).add(text.line());
        n[0]++;
        n[1] += said.sensitivity().compareTo(text.sensitivity()) >= 0 ? 1 : 0;
        n[2] += text.typed(said.seen()) ? 1 : 0;
      }
      groups.forEach((group, n) -> out.append(String.format(Locale.ROOT, "| %s, %s | %d of %d | %.2f %% | %s | %.2f %% |%n", file, group, n[0], lines.get(group).size(), 100.0 * n[1] / n[0], wilson(n[1], n[0]), 100.0 * n[2] / n[0])));
    }
    for (String file : List.of("benign.txt", "benign-third.txt")) {
      List<HeldOut.Text> benign = HeldOut.harmless(file, 5);
      List<Sensitivity> said = new ArrayList<>();
      benign.forEach(text -> said.add(Shipped.chat(text.text()).sensitivity()));
      long raised = said.stream().filter(s -> s.compareTo(Sensitivity.CONFIDENTIAL) >= 0).count();
      out.append(String.format(Locale.ROOT, "| %s, raised to CONFIDENTIAL or above | %d of %d | %.2f %% | %s | |%n", file, benign.size(), benign.stream().map(HeldOut.Text::line).distinct().count(), 100.0 * raised / benign.size(),
          wilson((int) raised, benign.size())));
    }
    return out.toString();
  }

  /** Wilson's score interval. */
  static String wilson(int part, int whole) {
    if (whole == 0) {
      return "";
    }
    double z = 1.96;
    double p = (double) part / whole;
    double middle = p + z * z / (2 * whole);
    double half = z * Math.sqrt(p * (1 - p) / whole + z * z / (4.0 * whole * whole));
    double under = 1 + z * z / whole;
    return String.format(Locale.ROOT, "%.2f to %.2f %%", Math.max(0, 100 * (middle - half) / under), Math.min(100, 100 * (middle + half) / under));
  }

  /** Prints both, of the folder that the first argument names. */
  public static void main(String[] args) throws IOException {
    System.out.println(of(Path.of(args[0])).markdown() + "\n" + heldOut());
  }
}
