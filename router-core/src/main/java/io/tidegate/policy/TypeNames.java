package io.tidegate.policy;

import io.tidegate.yaml.Suggestion;
import java.util.Collection;

/** What to say about a misspelt entity type. */
final class TypeNames {
  private TypeNames() {}

  static String fix(String type, Collection<String> known) {
    return Suggestion.near(type, known.stream().sorted().toList()).map(word -> "did you mean " + word + "?")
        .orElse("use a known type, or name those of a plug-in under 'types:'");
  }
}
