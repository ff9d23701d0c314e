package io.tidegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A guarantee that names its test is worth as much as that test. */
class NamedTestsTest {
  private static final Path ROOT = Path.of(System.getProperty("tidegate.root", ".."));
  /** A test class, and one of its methods if that is named too. */
  private static final Pattern NAMED = Pattern.compile("\\b([A-Z][A-Za-z0-9]*[a-z](?:Test|IT))\\b(?:[.#]([a-z]\\w*))?");

  /** A room's class, and one of its members if that is named too. */
  private static final Pattern CODE = Pattern.compile("`((?:[a-z][a-z0-9]*\\.)+)([A-Z]\\w*)(?:\\.([a-z]\\w*))?`");

  private static List<Path> files(String below, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT.resolve(below))) {
      return all.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  @Test
  @DisplayName("every test that a door sign, a comment or a page names is there, with the method it names")
  void areThere() throws IOException {
    Map<String, String> tests = new HashMap<>();
    List<Path> texts = new ArrayList<>(files("docs", ".md"));
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.filter(each -> each.getFileName().toString().startsWith("router-")).map(Path::getFileName).toList()) {
        if (Files.isDirectory(ROOT.resolve(module).resolve("src/main"))) {
          texts.addAll(files(module + "/src/main", ".java"));
        }
        if (Files.isDirectory(ROOT.resolve(module).resolve("src/test"))) {
          for (Path test : files(module + "/src/test", ".java")) {
            tests.put(test.getFileName().toString().replace(".java", ""), Files.readString(test));
          }
        }
      }
    }
    assertThat(texts.size()).isGreaterThan(500);
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (Path text : texts) {
      for (Matcher each = NAMED.matcher(Files.readString(text)); each.find();) {
        named++;
        String test = tests.get(each.group(1));
        String method = each.group(2);
        if (test == null || method != null && !Pattern.compile("\\b" + method + "\\b").matcher(test).find()) {
          missing.add(ROOT.relativize(text) + ": " + each.group());
        }
      }
    }
    assertThat(named).isGreaterThan(200);
    assertThat(missing).isEmpty();
  }

  @Test
  @DisplayName("every class and method that a guarantee says it is held by is there")
  void guaranteesAreHeld() throws IOException {
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (Matcher each = CODE.matcher(Files.readString(ROOT.resolve("docs/guarantees.md"))); each.find();) {
      named++;
      Path file = ROOT.resolve("router-core/src/main/java/io/tidegate").resolve(each.group(1).replace('.', '/') + each.group(2) + ".java");
      if (!Files.exists(file) || each.group(3) != null && !Pattern.compile("\\b" + each.group(3) + "\\b").matcher(Files.readString(file)).find()) {
        missing.add(each.group());
      }
    }
    assertThat(named).isGreaterThan(40);
    assertThat(missing).isEmpty();
  }
}
