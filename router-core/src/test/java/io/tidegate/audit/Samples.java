package io.tidegate.audit;

import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import java.util.List;
import java.util.Set;

final class Samples {
  private Samples() {}

  static Decision decision(String id) {
    return decision(id, "{\"messages\":[]}");
  }

  static Decision decision(String id, String body) {
    return decision(id, body, "auto");
  }

  static Decision decision(String id, String body, String model) {
    return DecisionFixture.decision(DecisionFixture.request(id, Operation.CHAT, model, false, body), Sensitivity.RESTRICTED, Destination.PRIVATE);
  }

  static Findings findings() {
    Finding finding = new Finding("CN_ID", 0, 0, 18, Likelihood.VERY_LIKELY, "cn-id");
    return new Findings(List.of(finding, finding), Set.of());
  }
}
