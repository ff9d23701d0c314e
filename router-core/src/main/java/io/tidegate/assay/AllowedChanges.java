package io.tidegate.assay;

import io.tidegate.assay.Replay.Change;
import io.tidegate.model.Problem;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Loosenings that somebody approved, one a line: {@code restricted -> internal: cn-id, bank-card}. A change is allowed if a line names its two sensitivities
 * and every rule that made the difference. Empty lines and what follows {@code #} do not count.
 */
public final class AllowedChanges {
  public static final AllowedChanges NONE = new AllowedChanges(List.of());

  private final List<Line> lines;

  private record Line(Sensitivity from, Sensitivity to, Set<String> because) {}

  private AllowedChanges(List<Line> lines) {
    this.lines = lines;
  }

  /** Reads the lines of {@code file}; what is wrong with them is in {@code problems}. */
  public static AllowedChanges read(String file, List<String> text, List<Problem> problems) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i).replaceFirst("#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      String[] parts = line.split("->|:", -1);
      Optional<Sensitivity> from = parts.length == 3 ? sensitivity(parts[0]) : Optional.empty();
      Optional<Sensitivity> to = parts.length == 3 ? sensitivity(parts[1]) : Optional.empty();
      Set<String> because = parts.length == 3 ? new TreeSet<>(Arrays.stream(parts[2].split(",")).map(String::strip).filter(id -> !id.isEmpty()).toList())
          : Set.of();
      if (from.isEmpty() || to.isEmpty() || because.isEmpty() || because.contains("*")) {
        problems.add(new Problem(file, i + 1, 1, "this line allows no loosening", "write it as 'restricted -> internal: rule-id, rule-id'"));
      } else {
        lines.add(new Line(from.get(), to.get(), because));
      }
    }
    return new AllowedChanges(lines);
  }

  private static Optional<Sensitivity> sensitivity(String word) {
    String name = word.strip().toUpperCase(Locale.ROOT);
    return Arrays.stream(Sensitivity.values()).filter(sensitivity -> sensitivity.name().equals(name)).findFirst();
  }

  /** Whether somebody approved it. */
  public boolean allows(Change change) {
    List<String> because = Arrays.asList(change.because().split(", "));
    return lines.stream().anyMatch(line -> line.from() == change.from() && line.to() == change.to() && line.because().containsAll(because));
  }
}
