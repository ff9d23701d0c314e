package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SuccessionTest {
  private static final String RULE = "rules: [{id: r, types: [EMAIL], raiseTo: restricted, reason: r}]";
  private static final String ONE = Policies.file("one", RULE);
  private static final String TWO = Policies.file("two", "");

  private static Map<String, byte[]> files(String... texts) {
    Map<String, byte[]> files = new TreeMap<>();
    Arrays.stream(texts).forEach(text -> files.put("p" + files.size() + ".yaml", text.getBytes(StandardCharsets.UTF_8)));
    return files;
  }

  private static PolicyCompiler.Result after(List<String> before, String... next) {
    PolicyBundle current = Policies.bundleOf(before.toArray(new String[0]));
    return PolicyCompiler.compileAfter(current, files(next), Policies.TODAY, Pace.FULL);
  }

  private static String revised(String text, int revision) {
    return text.replace("revision: 1", "revision: " + revision);
  }

  @Test
  @DisplayName("K3 a change with a new revision follows; the same text follows; a new file follows")
  void follows() {
    assertThat(after(List.of(ONE, TWO), ONE, TWO).bundle()).isPresent();
    assertThat(after(List.of(ONE, TWO), revised(ONE.replace("EMAIL", "PHONE"), 2), TWO).bundle()).isPresent();
    assertThat(after(List.of(ONE), ONE, TWO).bundle()).isPresent();
  }

  @Test
  @DisplayName("K3 a change without a new revision does not follow: the file may be garbled")
  void changeNeedsARevision() {
    PolicyCompiler.Result result = after(List.of(ONE), ONE.replace("EMAIL", "PHONE"));
    assertThat(result.bundle()).isEmpty();
    assertThat(result.problems()).extracting(Problem::toString).containsExactly(
        "p0.yaml:3:33: 'one' has changed, but its revision is still 1. Fix: check the change, and count 'revision' up");
  }

  @Test
  @DisplayName("K6 a revision never goes back")
  void neverBack() {
    PolicyCompiler.Result result = after(List.of(revised(ONE, 7)), revised(ONE, 6));
    assertThat(result.bundle()).isEmpty();
    assertThat(result.problems()).extracting(Problem::message).containsExactly("revision 6 of 'one' is older than revision 7, which is in force");
  }

  @Test
  @DisplayName("K3 a policy does not vanish, or change its name, by itself; with a new revision of another it may go")
  void doesNotVanish() {
    assertThat(after(List.of(ONE, TWO), TWO).problems()).extracting(Problem::message)
        .containsExactly("the policy 'one' is in force and its file is gone");
    assertThat(after(List.of(ONE, TWO), ONE.replace("name: one", "name: onf"), TWO).bundle()).isEmpty();
    assertThat(after(List.of(ONE, TWO), revised(TWO, 2)).bundle()).isPresent();
  }

  @Test
  @DisplayName("what expires needs no new revision")
  void expiryFollows() {
    String text = ONE.replace("owner: secops", "owner: secops, expires: 2026-11-24");
    PolicyBundle current = Policies.bundleOf(text);
    LocalDate tomorrow = Policies.TODAY.plusDays(1);
    assertThat(PolicyCompiler.compileAfter(current, files(text), tomorrow, Pace.FULL).bundle()).isPresent();
  }

  @Test
  @DisplayName("a set of files that does not compile says why, as ever")
  void brokenStaysBroken() {
    assertThat(after(List.of(ONE), ONE.replace("EMAIL", "EMIAL")).problems()).extracting(Problem::message)
        .containsExactly("no detector reports the entity type 'EMIAL'");
  }
}
