package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.yaml.YamlPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether one bundle may follow another in a running daemon: a change counts its revision up, and no revision goes back. So a file that a disk, a
 * copy or a merge has garbled, but that still reads, changes nothing (hazard K3).
 */
final class Succession {
  private Succession() {}

  /** What forbids {@code next} to follow {@code current}; empty if it may. */
  static List<Problem> problems(List<PolicyMark> current, List<PolicyMark> next) {
    List<Problem> problems = new ArrayList<>();
    Map<String, PolicyMark> before = new HashMap<>();
    current.forEach(mark -> before.put(mark.name(), mark));
    boolean raised = false;
    for (PolicyMark mark : next) {
      PolicyMark old = before.remove(mark.name());
      if (old == null) {
        continue;
      }
      if (mark.revision() < old.revision()) {
        problems.add(mark.position().problem("revision " + mark.revision() + " of '" + mark.name() + "' is older than revision " + old.revision()
            + ", which is in force", "to go back to an older text, give it a new revision"));
      } else if (mark.revision() == old.revision() && !mark.sha256().equals(old.sha256())) {
        problems.add(mark.position().problem("'" + mark.name() + "' has changed, but its revision is still " + mark.revision(),
            "check the change, and count 'revision' up"));
      }
      raised |= mark.revision() > old.revision();
    }
    if (!raised) {
      before.values().stream().map(PolicyMark::name).sorted().forEach(name -> problems.add(new YamlPosition("policies", 0, 0).problem(
          "the policy '" + name + "' is in force and its file is gone", "put it back, or count up the revision of a policy that stays")));
    }
    return problems;
  }
}
