package io.tidegate.classify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Measures the built-in detectors on labelled texts: a folder of {@code *.jsonl.gz} named by the environment variable {@code TIDEGATE_CORPORA} or the system property
 * {@code tidegate.corpora}. Each text is wrapped as a chat request. Run with {@code -v FILE} to see the rows that are wrong.
 */
public final class CorpusReport {
  private static final Set<String> RESTRICTED = Set.of("US_SSN", "CN_ID", "CN_BANK_CARD", "CREDIT_CARD", "PASSPORT", "IBAN", "BANK_ACCOUNT", "NATIONAL_ID", "TAX_ID", "DRIVER_LICENSE",
      "MEDICAL_RECORD", "HEALTH_ID", "HEALTH", "BIOMETRIC_ID", "SECRET", "PASSWORD", "PRIVATE_KEY", "CONNECTION_STRING", "CN_TRAVEL_PERMIT");
  private static final Set<String> CONFIDENTIAL = Set.of("PHONE", "EMAIL", "ADDRESS", "DATE_OF_BIRTH", "LICENSE_PLATE", "EMPLOYEE_ID", "SALARY", "WECHAT_ID", "QQ", "VIN", "CN_USCC",
      "PROVIDER_ID", "INSURANCE_POLICY_NUMBER");
  private static final Set<String> INTERNAL = Set.of("PERSON", "USERNAME", "IP_ADDRESS", "MAC_ADDRESS");

  private final ObjectMapper mapper = new ObjectMapper();
  private final Classifier classifier = new Classifier(Classifier.builtIn());
  private final PrintStream out;

  private CorpusReport(PrintStream out) {
    this.out = out;
  }

  /** What the yardstick says of findings. */
  static Sensitivity tier(Findings findings) {
    if (!findings.troubles().isEmpty()) {
      return Sensitivity.RESTRICTED;
    }
    Sensitivity tier = Sensitivity.PUBLIC;
    for (Finding finding : findings.list()) {
      if (finding.likelihood().compareTo(Likelihood.LIKELY) >= 0) {
        Sensitivity own = RESTRICTED.contains(finding.type()) ? Sensitivity.RESTRICTED : CONFIDENTIAL.contains(finding.type()) ? Sensitivity.CONFIDENTIAL
            : INTERNAL.contains(finding.type()) ? Sensitivity.INTERNAL : Sensitivity.PUBLIC;
        tier = own.compareTo(tier) > 0 ? own : tier;
      }
    }
    return tier;
  }

  public static void main(String[] args) throws IOException {
    String folder = System.getProperty("tidegate.corpora", System.getenv("TIDEGATE_CORPORA"));
    if (folder == null) {
      throw new IllegalArgumentException("set TIDEGATE_CORPORA to the folder of the corpora");
    }
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
    CorpusReport report = new CorpusReport(out);
    String verbose = args.length > 1 && args[0].equals("-v") ? args[1] : "";
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl.gz")).sorted().collect(Collectors.toList())) {
        String name = file.getFileName().toString().replace(".jsonl.gz", "");
        if (verbose.isEmpty() || name.contains(verbose)) {
          report.file(name, file, !verbose.isEmpty());
        }
      }
    }
  }

  private void file(String name, Path path, boolean verbose) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows.add(mapper.readTree(line));
      }
    }
    int restricted = 0;
    int missed = 0;
    int negatives = 0;
    int raised = 0;
    int raisedRestricted = 0;
    int troubled = 0;
    Map<String, int[]> types = new TreeMap<>();
    for (JsonNode row : rows) {
      Findings findings = Texts.scanChat(classifier, row.get("text").asText());
      Sensitivity tier = tier(findings);
      boolean wrong = !findings.troubles().isEmpty();
      troubled += wrong ? 1 : 0;
      if (row.path("tier").asText().equals("restricted")) {
        restricted++;
        wrong |= tier != Sensitivity.RESTRICTED;

        missed += tier != Sensitivity.RESTRICTED ? 1 : 0;
      }
      boolean negative = name.startsWith("neg_") && !row.path("suspect").asBoolean();
      if (negative) {
        negatives++;
        wrong |= tier.compareTo(Sensitivity.CONFIDENTIAL) >= 0;
        raised += tier.compareTo(Sensitivity.CONFIDENTIAL) >= 0 ? 1 : 0;
        raisedRestricted += tier == Sensitivity.RESTRICTED ? 1 : 0;
      }
      Set<String> seen = findings.list().stream().filter(f -> f.likelihood().compareTo(Likelihood.LIKELY) >= 0).map(Finding::type).collect(Collectors.toSet());
      for (JsonNode entity : row.path("entities")) {
        int[] count = types.computeIfAbsent(entity.get("type").asText(), t -> new int[3]);
        count[0]++;
        count[1] += seen.contains(entity.get("type").asText()) ? 1 : 0;
        count[2] += overlaps(findings, row, entity) ? 1 : 0;
      }
      if (wrong && verbose) {
        out.println((negative ? "RAISED " : "MISSED ") + tier + " " + findings.troubles() + " " + row.get("text").asText().replace("\n", "\\n") + "\n      "
            + findings.list().stream().map(f -> f.type() + "/" + f.likelihood() + "/" + f.detector()).distinct().collect(Collectors.joining(" ")));
      }
    }
    out.printf("%-28s rows %5d  restricted %5d missed %4d (%.2f %%)  negatives %5d raised %3d (%.2f %%) to restricted %3d (%.2f %%)  troubles %d%n", name, rows.size(), restricted, missed,
        percent(missed, restricted), negatives, raised, percent(raised, negatives), raisedRestricted, percent(raisedRestricted, negatives), troubled);
    types.forEach((type, count) -> out.printf("    %-26s n %5d  same type in row %.3f  span covered %.3f%n", type, count[0], (double) count[1] / count[0], (double) count[2] / count[0]));
  }

  /** Whether any finding of at least LIKELY overlaps the labelled span, whatever its type. */
  private static boolean overlaps(Findings findings, JsonNode row, JsonNode entity) {
    int start = entity.get("start").asInt();
    int end = entity.get("end").asInt();
    return findings.list().stream().anyMatch(f -> f.likelihood().compareTo(Likelihood.LIKELY) >= 0 && f.start() < end && f.end() > start);
  }

  private static double percent(int part, int whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }
}
