package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.policy.EntityTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The pack files say what the detectors are. */
@DisplayName("K4 detection packs")
class PacksTest {
  @Test
  @DisplayName("every built-in detector is told of in a pack, and every detector told of is built in")
  void saidAndBuiltInAgree() {
    Set<String> said = Packs.BUILT_IN.said().stream().map(line -> line.substring(line.indexOf(' ') + 1)).collect(Collectors.toCollection(TreeSet::new));
    assertThat(said).isEqualTo(Classifier.builtIn().stream().map(Detector::id).collect(Collectors.toCollection(TreeSet::new)));
    assertThat(Packs.BUILT_IN.said()).allSatisfy(line -> assertThat(EntityTypes.BUILT_IN).contains(line.substring(0, line.indexOf(' '))));
  }

  @Test
  @DisplayName("every topic has words in some pack")
  void everyTopicHasWords() {
    assertThat(Topic.values()).allSatisfy(topic -> assertThat(topic == Topic.VENDOR || !Packs.BUILT_IN.words().getOrDefault(topic, List.of()).isEmpty()).as("%s", topic).isTrue());
    assertThat(Topic.values().length).isLessThanOrEqualTo(Long.SIZE);
    assertThat(Packs.BUILT_IN.tokens()).hasSizeGreaterThan(250);
  }

  @Test
  @DisplayName("a policy can ask for every pack, and for no other")
  void policiesKnowThePacks() throws IOException {
    String schema = Files.readString(Shipped.root().resolve("policies/policy.schema.json"));
    String baseline = Files.readString(Shipped.root().resolve("policies/baseline.yaml"));
    String listed = baseline.substring(baseline.indexOf("packs: ["), baseline.indexOf(']', baseline.indexOf("packs: [")));
    assertThat(Packs.NAMES).allSatisfy(name -> {
      assertThat(schema).contains('"' + name + '"');
      assertThat(listed).contains(name);
    });
  }

  @Test
  @DisplayName("a rule that is written wrong is refused with what it should be")
  void mistakesAreRefused() {
    String[] head = {"rule", "x", "SALARY", "on", "MONEY"};
    assertThatThrownBy(() -> PackRule.of(head, List.of("after: amount"))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("within NUMBER");
    assertThatThrownBy(() -> PackRule.of(head, List.of("colour: red"))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("colour");
    assertThatThrownBy(() -> TokenForm.of("ab W 3 4")).isInstanceOf(IllegalArgumentException.class);
  }
}
