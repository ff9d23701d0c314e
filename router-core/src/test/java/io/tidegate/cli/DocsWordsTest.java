package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.config.Environment;
import io.tidegate.model.Refusal;
import io.tidegate.terminal.CommandReference;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every flag, error code and key of the configuration is in docs, and none is that does not exist. Metrics have a test of their own. */
class DocsWordsTest {
  private static final Path DOCS = Path.of("../docs");
  /** Of the launcher, of other programs of the distribution, and what Kubernetes and examples name. */
  private static final Set<String> OTHER_VARIABLES = Set.of("TIDEGATE_JAVA", "TIDEGATE_JAVA_OPTS", "TIDEGATE_LAB", "TIDEGATE_MODEL_LIB", "TIDEGATE_CONFIG",
      "TIDEGATE_RIG", "TIDEGATE_CORPORA", "TIDEGATE_MODEL");

  private static CommandLine tree() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    return CommandTree.of(Environment.empty(), new Terminal(nowhere, nowhere), (config, terminal) -> 0);
  }

  /** Pages → text. */
  private static Map<Path, String> pages() throws IOException {
    Map<Path, String> pages = new TreeMap<>();
    try (Stream<Path> files = Files.walk(DOCS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".md")).toList()) {
        pages.put(file, Files.readString(file));
      }
    }
    for (String file : new String[] {"README.md", "CONTRIBUTING.md", "SECURITY.md"}) {
      pages.put(Path.of("..", file), Files.readString(Path.of("..", file)));
    }
    return pages;
  }

  @Test
  @DisplayName("I7.9 docs/commands.md says of every command, argument and option what the program says: tidegate man --markdown makes it")
  void everyCommandAndFlag() throws IOException {
    Path page = DOCS.resolve("commands.md");
    String part = "<!-- commands -->\n\n" + CommandReference.of(tree()) + "<!-- /commands -->";
    if ("yes".equals(System.getenv("DOCS_WRITE"))) {
      Files.writeString(page, Files.readString(page).replaceAll("(?s)<!-- commands -->.*<!-- /commands -->", Matcher.quoteReplacement(part)));
    }
    assertThat(Files.readString(page)).as("run this test with DOCS_WRITE=yes to write it anew").contains(part);
  }

  @Test
  @DisplayName("I7.9 no command or flag is in docs that does not exist")
  void noOtherCommandOrFlag() throws IOException {
    Map<String, Set<String>> flags = new TreeMap<>();
    CommandTreeTest.leaves(tree()).forEach((name, command) -> flags.put(name, command.getCommandSpec().optionsMap().keySet()));
    modelCommands(flags);
    Pattern call = Pattern.compile("(?m)(?:^|[`$(' ])(tidegate(?: [a-z]+){1,2})([^\\n`|;&]*)");
    int seen = 0;
    for (Map.Entry<Path, String> page : pages().entrySet()) {
      Matcher calls = call.matcher(page.getValue().replace("\\\n", " "));
      while (calls.find()) {
        String name = calls.group(1);
        String known = flags.containsKey(name) ? name : name.substring(0, Math.max(0, name.lastIndexOf(' ')));
        if (!flags.containsKey(known)) {
          continue;
        }
        seen++;
        Matcher used = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*").matcher(calls.group(2).replaceAll("(curl|systemctl|grep|python3|jq) .*", ""));
        while (used.find()) {
          assertThat(flags.get(known)).as("%s: %s %s", page.getKey(), known, used.group()).contains(used.group());
        }
      }
    }
    assertThat(seen).as("command lines in docs").isGreaterThan(60);
  }

  /** As their own test has found them in docs/commands.md. */
  private static void modelCommands(Map<String, Set<String>> flags) throws IOException {
    String page = Files.readString(DOCS.resolve("commands.md"));
    Matcher sections = Pattern.compile("(?s)### `(tidegate model [a-z]+)`\\n(.*?)(?=\\n### |<!-- /model)").matcher(page);
    while (sections.find()) {
      Set<String> options = new TreeSet<>();
      Matcher option = Pattern.compile("(?m)^- `([^`]+)`:").matcher(sections.group(2));
      while (option.find()) {
        Arrays.stream(option.group(1).split("[, ]+")).filter(word -> word.startsWith("-")).forEach(options::add);
      }
      flags.put(sections.group(1), options);
    }
    assertThat(flags).containsKeys("tidegate model serve", "tidegate model sync");
  }

  @Test
  @DisplayName("I7.9 every error code is in docs/errors.md, in the table with its statuses and with an answer, and no other")
  void errorCodes() throws IOException {
    String page = Files.readString(DOCS.resolve("errors.md"));
    Set<String> codes = Stream.of(Refusal.values()).map(Refusal::code).collect(Collectors.toCollection(TreeSet::new));
    assertThat(found(page, "(?m)^\\| `([a-z_]+)` \\|")).isEqualTo(codes);
    assertThat(found(page, "(?m)^### `([a-z_]+)`")).isEqualTo(codes);
    for (Refusal refusal : Refusal.values()) {
      String row = page.lines().filter(line -> line.startsWith("| `" + refusal.code() + "` |")).findFirst().orElseThrow();
      if (refusal != Refusal.UPSTREAM_INCOMPLETE) {
        assertThat(row).contains(Integer.toString(refusal.httpStatus()));
      }
      assertThat(row.split("\\|")[3]).as(refusal.name()).contains(refusal.repeatMayHelp() ? "yes" : "no");
      String answer = page.substring(page.indexOf("### `" + refusal.code() + "`")).split("\n### ")[0];
      assertThat(answer).as("what, why and what to do about %s", refusal.code()).contains("**What.**", "**Why.**", "**What to do.**");
    }
  }

  @Test
  @DisplayName("I7.9 every key of the configuration is in docs/configuration.md, and no other key, flag or variable is in docs")
  void configKeys() throws IOException {
    Set<String> keys = new TreeSet<>();
    keys(schema(), schema(), "", keys);
    String page = Files.readString(DOCS.resolve("configuration.md"));
    Set<String> documented = found(page, "(?m)^\\| `([a-zA-Z0-9.\\[\\]]+)` \\|");
    assertThat(keys).containsAll(documented);
    Set<String> leaves = new TreeSet<>(keys);
    leaves.removeIf(key -> keys.stream().anyMatch(other -> other.startsWith(key + ".") || other.startsWith(key + "[].")));
    assertThat(documented).containsAll(leaves);
    Set<String> variables = keys.stream().filter(key -> key.indexOf('[') < 0).map(DocsWordsTest::variable).collect(Collectors.toCollection(TreeSet::new));
    for (Map.Entry<Path, String> each : pages().entrySet()) {
      for (String variable : found(each.getValue(), "\\b(TIDEGATE_[A-Z0-9_]*[A-Z0-9])\\b")) {
        assertThat(variables.contains(variable) || OTHER_VARIABLES.contains(variable)).as("%s: %s", each.getKey(), variable).isTrue();
      }
      for (String key : found(each.getValue(), "--set ['\"]?([a-z][a-zA-Z0-9.]*)=")) {
        assertThat(keys).as("%s: --set %s", each.getKey(), key).contains(key);
      }
    }
  }

  private static Set<String> found(String text, String pattern) {
    Set<String> all = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      all.add(matcher.group(1));
    }
    return all;
  }

  /** As docs/configuration.md says: dots and humps as underscores. */
  private static String variable(String key) {
    return "TIDEGATE_" + key.replaceAll("([A-Z])", "_$1").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }

  private static JsonNode schema() throws IOException {
    return new ObjectMapper().readTree(Path.of("../conf/tidegate.schema.json").toFile());
  }

  private static void keys(JsonNode root, JsonNode node, String path, Set<String> keys) {
    JsonNode resolved = node.has("$ref") ? root.at(node.get("$ref").asText().substring(1)) : node;
    resolved.path("properties").properties().forEach(property -> {
      String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
      keys.add(key);
      keys(root, property.getValue(), key, keys);
    });
    if (resolved.has("items")) {
      keys(root, resolved.get("items"), path + "[]", keys);
    }
  }
}
