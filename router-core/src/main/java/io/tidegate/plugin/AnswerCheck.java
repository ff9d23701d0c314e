package io.tidegate.plugin;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.plugin.v1.InspectResponse;
import io.tidegate.plugin.v1.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns a plugin's answer into findings. An answer that is wrong in any part is not believed in any part: it counts as none (G2). */
final class AnswerCheck {
  static final Findings FAILED = new Findings(List.of(), Set.of(Trouble.DETECTOR_FAILED));
  /** As many as the built-in detectors may report. */
  private static final int MAX_FINDINGS = 10_000;

  private AnswerCheck() {}

  static Findings findings(PluginConfig plugin, InspectRequest question, InspectResponse answer) {
    if (answer.getFindingsCount() == 0) {
      return Findings.NONE;
    }
    if (answer.getFindingsCount() > MAX_FINDINGS) {
      return FAILED;
    }
    Map<Integer, Integer> lengths = new HashMap<>();
    for (Text text : question.getTextsList()) {
      lengths.put(text.getPlace(), text.getText().length());
    }
    List<Finding> found = new ArrayList<>(answer.getFindingsCount());
    for (io.tidegate.plugin.v1.Finding said : answer.getFindingsList()) {
      int length = lengths.getOrDefault(said.getPlace(), -1);
      int likelihood = said.getLikelihoodValue();
      if (!plugin.types().contains(said.getType()) || said.getStart() < 0 || said.getEnd() < said.getStart() || said.getEnd() > length
          || likelihood < 1 || likelihood > Likelihood.values().length) {
        return FAILED;
      }
      found.add(new Finding(said.getType(), said.getPlace(), said.getStart(), said.getEnd(), Likelihood.values()[likelihood - 1],
          "plugin-" + plugin.name()));
    }
    return new Findings(found, Set.of());
  }
}
