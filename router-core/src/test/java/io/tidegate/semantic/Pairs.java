package io.tidegate.semantic;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Pairs of questions: {@code same} if the answer to one answers the other, else in what they differ. */
public final class Pairs {
  private Pairs() {}

  public record Pair(String kind, String left, String right) {
    public boolean same() {
      return kind.equals("same");
    }

    public boolean chinese() {
      return left.codePoints().anyMatch(c -> c > 0x2E80) || right.codePoints().anyMatch(c -> c > 0x2E80);
    }
  }

  /** @param name {@code tuning}: looked at while the guards were made; {@code heldout}: written before, and never looked at pair by pair */
  public static List<Pair> of(String name) {
    try (InputStream in = Objects.requireNonNull(Pairs.class.getResourceAsStream("/semantic/" + name + ".tsv"))) {
      List<Pair> pairs = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          String[] columns = line.split("\t");
          pairs.add(new Pair(columns[0], columns[1], columns[2]));
        }
      }
      return pairs;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
