package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.yaml.YamlText;
import java.util.List;
import java.util.Optional;

/** Compiles the conditions of rules. */
interface ConditionCompiler {
  /** Empty after a problem. */
  Optional<Condition> compile(YamlText source, List<Problem> problems);
}
