package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jars that are left out on purpose, and the classes of shipped jars that still name them. A class that is missing only on the path of an error would be found by
 * nobody's test: so each place that names one is known here, with the reason why it is never reached. An update that adds a place turns this red.
 */
@Tag("long")
class MissingClassesIT {
  /** class -> missing class */
  private static final Pattern EDGE = Pattern.compile("\\s+(\\S+)\\s+-> (\\S+)\\s+not found");

  /** What unzip ends with for a jar that holds nothing but what is left out, as those of native libraries do. */
  private static final int NOTHING_MATCHED = 11;

  @TempDir Path folder;

  @Test
  @DisplayName("decisions 26: what was left out to have few jars is named only where it is never reached")
  void known() {
    Deb deb = Deb.unpacked(Deb.built("tidegate"), folder);
    // As one folder: jdeps takes jars that say which modules they are for a module path, and several name modules that are not there.
    Path classes = folder.resolve("classes");
    for (Path jar : deb.jars("usr/lib/tidegate/lib")) {
      Ran ran = Ran.of("unzip", "-qo", jar.toString(), "-x", "META-INF/*", "module-info.class", "-d", classes.toString());
      assertThat(ran.exit()).as("%s: %s", jar, ran.output()).matches(exit -> exit == 0 || exit == NOTHING_MATCHED);
    }
    List<String> lines = Ran.of(Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(), "-verbose:class", "-filter:none", classes.toString()).lines();
    assertThat(lines).hasSizeGreaterThan(100_000);
    Map<String, TreeSet<String>> named = new TreeMap<>();
    lines.stream().map(EDGE::matcher).filter(Matcher::matches).forEach(edge -> LeftOut.of(edge.group(2))
        .ifPresent(leftOut -> named.computeIfAbsent(leftOut.name(), any -> new TreeSet<>()).add(outermost(edge.group(1)))));
    Map<String, TreeSet<String>> expected = new TreeMap<>();
    for (LeftOut leftOut : LeftOut.values()) {
      if (!leftOut.namedBy.isEmpty()) {
        expected.put(leftOut.name(), new TreeSet<>(leftOut.namedBy));
      }
    }
    assertThat(named).isEqualTo(expected);
  }

  private static String outermost(String type) {
    int inner = type.indexOf('$');
    return inner < 0 ? type : type.substring(0, inner);
  }
}
