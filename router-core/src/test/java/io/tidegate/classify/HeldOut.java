package io.tidegate.classify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Texts written before anybody looked at how the detectors do on them, as test resources. Values are made here, by name ({@link MadeValues}), so that nothing in the
 * files is anybody's, and one line gives several texts.
 */
final class HeldOut {
  /**
   * @param file resource's name
   * @param line from 1
   * @param group what the line is counted under, e.g. {@code restricted/zh}
   * @param types what must be seen
   */
  record Text(String file, int line, String group, List<String> types, String text) {
    /** What the whole text must reach; PUBLIC for harmless text. */
    io.tidegate.model.Sensitivity sensitivity() {
      return types.isEmpty() ? io.tidegate.model.Sensitivity.PUBLIC : group.startsWith("confidential") ? io.tidegate.model.Sensitivity.CONFIDENTIAL : io.tidegate.model.Sensitivity.RESTRICTED;
    }

    /** Whether {@code seen} holds every type, or one that a slash names in its place. */
    boolean typed(java.util.Set<String> seen) {
      return types.stream().allMatch(type -> java.util.Arrays.stream(type.split("/")).anyMatch(seen::contains));
    }

    /** The place only. */
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  private HeldOut() {}

  /** {@code times} texts of every line of {@code secrets.txt} or {@code documents.txt}: {@code group TYPE,… | text}. */
  static List<Text> labelled(String file, int times) {
    List<Text> texts = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int bar = line.indexOf(" | ");
      String[] head = line.substring(0, bar).split(" ");
      for (int i = 0; i < times; i++) {
        texts.add(new Text(file, number, head[0], List.of(head[1].split(",")), new MadeValues(seed(file, number, i)).fill(line.substring(bar + 3))));
      }
    }
    return texts;
  }

  /** {@code times} texts of every line that holds a generator, one of every other. */
  static List<Text> harmless(String file, int times) {
    List<Text> texts = new ArrayList<>();
    int number = 0;
    String group = "";
    for (String line : lines(file)) {
      number++;
      if (line.startsWith("# ")) {
        group = line.substring(2).toLowerCase(Locale.ROOT);
      } else if (!line.isBlank()) {
        for (int i = 0; i < times; i++) {
          String text = new MadeValues(seed(file, number, i)).fill(line);
          if (i == 0 || !text.equals(texts.get(texts.size() - 1).text())) {
            texts.add(new Text(file, number, group, List.of(), text));
          }
        }
      }
    }
    return texts;
  }

  private static long seed(String file, int line, int i) {
    return file.hashCode() * 1_000_003L + line * 101L + i;
  }

  private static List<String> lines(String file) {
    try (InputStream in = HeldOut.class.getResourceAsStream("heldout/" + file)) {
      return new BufferedReader(new InputStreamReader(java.util.Objects.requireNonNull(in, file), StandardCharsets.UTF_8)).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
