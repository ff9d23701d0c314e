package io.tidegate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What a refused reload found wrong, for eyes: one problem a line on standard error, beside the JSON on standard output. */
final class ReloadProblems {
  private ReloadProblems() {}

  /** @param answer of the admin listener; one that is no JSON has said everything already */
  static void print(String answer, Terminal terminal) {
    JsonNode said;
    try {
      said = new ObjectMapper().readTree(answer);
    } catch (JsonProcessingException words) {
      return;
    }
    problems(said, terminal);
    problems(said.path("policy"), terminal);
  }

  private static void problems(JsonNode of, Terminal terminal) {
    for (JsonNode problem : of.path("problems")) {
      terminal.err().println(AuditText.escaped(problem.asText()));
    }
  }
}
