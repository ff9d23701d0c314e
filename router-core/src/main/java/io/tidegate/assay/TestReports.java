package io.tidegate.assay;

import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a policy's tests went, in the forms that build servers read. Holds no text of any test. */
final class TestReports {
  private TestReports() {}

  /** JUnit's XML: one suite per policy file. */
  static byte[] junit(List<PolicyTests.Outcome> outcomes) {
    Map<String, StringBuilder> suites = new TreeMap<>();
    Map<String, int[]> counts = new TreeMap<>();
    for (PolicyTests.Outcome outcome : outcomes) {
      String file = outcome.test().position().file();
      StringBuilder suite = suites.computeIfAbsent(file, name -> new StringBuilder());
      int[] count = counts.computeIfAbsent(file, name -> new int[2]);
      count[0]++;
      suite.append("    <testcase name=\"").append(escaped(outcome.test().name())).append("\" classname=\"").append(escaped(file)).append('"');
      if (outcome.passed()) {
        suite.append("/>\n");
      } else {
        count[1]++;
        suite.append(">\n      <failure message=\"").append(escaped(outcome.failures().get(0))).append("\">")
            .append(escaped(file + ":" + outcome.test().position().line() + "\n" + String.join("\n", outcome.failures())))
            .append("</failure>\n    </testcase>\n");
      }
    }
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"").append(outcomes.size()).append("\" failures=\"")
        .append(counts.values().stream().mapToInt(count -> count[1]).sum()).append("\">\n");
    suites.forEach((file, suite) -> out.append("  <testsuite name=\"").append(escaped(file)).append("\" tests=\"").append(counts.get(file)[0])
        .append("\" failures=\"").append(counts.get(file)[1]).append("\">\n").append(suite).append("  </testsuite>\n"));
    return out.append("</testsuites>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** XML 1.0 has no way to write most control characters. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\n' -> out.append("&#10;");
        default -> {
          boolean allowed = c == '\t' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000;
          out.appendCodePoint(allowed ? c : 0xFFFD);
        }
      }
    });
    return out.toString();
  }

  /** One JSON object. */
  static byte[] json(String version, String digest, List<PolicyTests.Outcome> outcomes, Coverage coverage, boolean good) {
    JsonWriter out = new JsonWriter().beginObject().key("policy").string(version).key("digest").string(digest).key("good").bool(good)
        .key("tests").number(outcomes.size()).key("failed").number(outcomes.stream().filter(outcome -> !outcome.passed()).count())
        .key("cases").beginArray();
    for (PolicyTests.Outcome outcome : outcomes) {
      out.beginObject().key("name").string(outcome.test().name()).key("file").string(outcome.test().position().file()).key("line")
          .number(outcome.test().position().line()).key("passed").bool(outcome.passed()).key("failures").beginArray();
      outcome.failures().forEach(out::string);
      out.endArray().endObject();
    }
    out.endArray().key("coverage").beginObject().key("rules").beginObject().key("all").number(coverage.rules()).key("percent").number(coverage.rulePercent())
        .key("never").beginArray();
    coverage.rulesNever().forEach(out::string);
    out.endArray().endObject().key("states").beginObject().key("all").number(coverage.states()).key("percent").number(coverage.statePercent())
        .key("never").beginArray();
    coverage.statesNever().forEach(out::string);
    return out.endArray().endObject().endObject().endObject().toBytes();
  }
}
