package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.Replay.Change;
import io.tidegate.assay.Replay.Direction;
import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Problem;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final String RULES = "rules:\n  - {id: cn, types: [CN_ID], raiseTo: restricted, reason: x}\n"
      + "  - {id: mail, types: [EMAIL], count: 2, raiseTo: confidential, reason: x}\n";
  private static final PolicyBundle OLD = Policies.bundle(RULES);
  private int ids;

  @Test
  @DisplayName("decisions 37: under the bundle that decided, nothing changes and all is decided")
  void sameBundle() {
    Replay replay = new Replay(OLD, null);
    for (int seed = 0; seed < 300; seed++) {
      replay.add(recorded(OLD, facts(new Random(seed))));
    }
    assertThat(replay.changes()).isEmpty();
    assertThat(replay.open()).isEmpty();
    assertThat(replay.decided()).isEqualTo(300);
    assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).isTrue();
  }

  @Test
  @DisplayName("what loosened is counted in the matrix, named with the rules that no longer match, and fails unless it is allowed")
  void loosened() {
    PolicyBundle without = Policies.bundle(RULES.replace("raiseTo: restricted", "raiseTo: restricted, mode: shadow"));
    Replay replay = new Replay(without, OLD);
    replay.add(recorded(OLD, Policies.facts(Policies.findings(Policies.finding("CN_ID", Likelihood.LIKELY)))));
    replay.add(recorded(OLD, Policies.facts(Findings.NONE)));
    assertThat(replay.count(Sensitivity.RESTRICTED, Sensitivity.INTERNAL)).isEqualTo(1);
    assertThat(replay.count(Sensitivity.INTERNAL, Sensitivity.INTERNAL)).isEqualTo(1);
    Change change = new Change(Direction.LOOSENED, Sensitivity.RESTRICTED, Sensitivity.INTERNAL, "cn");
    assertThat(replay.changes()).containsOnlyKeys(change);
    assertThat(replay.changes().get(change).examples()).containsExactly("r1");
    assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).isFalse();
    assertThat(ReplayReport.good(replay, allowed("restricted -> internal: cn  # ticket 7"))).isTrue();
    assertThat(ReplayReport.good(replay, allowed("restricted -> confidential: cn"))).isFalse();
    assertThat(ReplayReport.good(replay, allowed("restricted -> internal: mail"))).isFalse();
    assertThat(ReplayReport.lines(replay, AllowedChanges.NONE)).contains("loosened 1: RESTRICTED -> INTERNAL, no longer by cn (r1)", "not good");
  }

  @Test
  @DisplayName("a wider route at the same sensitivity is a loosening")
  void widerRoute() {
    PolicyBundle narrow = Policies.bundle("routes: {internal: {standard: [private]}}");
    Replay replay = new Replay(Policies.bundle(""), narrow);
    replay.add(recorded(narrow, Policies.facts(Findings.NONE)));
    assertThat(replay.changes()).containsOnlyKeys(new Change(Direction.LOOSENED, Sensitivity.INTERNAL, Sensitivity.INTERNAL, "route"));
    assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).isFalse();
  }

  @Test
  @DisplayName("what raised is attributed to the rules that match now, and is good")
  void tightened() {
    PolicyBundle more = Policies.bundle(RULES + "  - {id: phone, types: [PHONE], raiseTo: confidential, reason: x}\n");
    Replay replay = new Replay(more, OLD);
    replay.add(recorded(OLD, Policies.facts(Policies.findings(Policies.finding("PHONE", Likelihood.LIKELY)))));
    assertThat(replay.changes()).containsOnlyKeys(new Change(Direction.TIGHTENED, Sensitivity.INTERNAL, Sensitivity.CONFIDENTIAL, "phone"));
    assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).isTrue();
  }

  @Test
  @DisplayName("decisions 29: a rule on a detector that did not run then is undecidable, unless it could make no difference")
  void newDetector() {
    String detector = "detectors: [{id: staff, regex: 'GH\\d{6}'}]\n" + RULES + "  - {id: staff-no, types: [STAFF], raiseTo: confidential, reason: x}\n";
    PolicyBundle now = Policies.bundle(detector);
    Replay replay = new Replay(now, OLD);
    replay.add(recorded(OLD, Policies.facts(Findings.NONE)));
    replay.add(recorded(OLD, Policies.facts(Policies.findings(Policies.finding("CN_ID", Likelihood.LIKELY)))));
    assertThat(replay.open()).containsOnlyKeys("rule staff-no counts what a detector finds that did not run then");
    assertThat(replay.decided()).isEqualTo(1);
    assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).isFalse();
    // The same detector ran under the old bundle: nothing is unknown.
    PolicyBundle had = Policies.bundle(detector.replace("raiseTo: confidential", "raiseTo: internal"));
    Replay known = new Replay(now, had);
    known.add(recorded(had, Policies.facts(Findings.NONE)));
    assertThat(known.open()).isEmpty();
    Replay notAtHand = new Replay(now, null);
    notAtHand.add(recorded(had, Policies.facts(Findings.NONE)));
    assertThat(notAtHand.open()).hasSize(1);
  }

  @Test
  @DisplayName("facts that records do not hold are undecidable by name: labels, an unnamed model, uncounted messages, the order of findings")
  void missingFacts() {
    Map<String, String> conditions = Map.of("labels['a'] == 'b'", "reads labels", "model == 'x'", "reads the model's name", "messages > 3", "counts messages",
        "findings[0].type == 'EMAIL'", "reads the order of findings");
    conditions.forEach((when, why) -> {
      Replay replay = new Replay(Policies.bundle(RULES + "  - {id: w, when: \"" + when + "\", raiseTo: confidential, reason: x}\n"), OLD);
      replay.add(recorded(OLD, Policies.facts(Policies.findings(Policies.finding("EMAIL", Likelihood.LIKELY)))));
      assertThat(replay.open().keySet()).singleElement().asString().startsWith("rule w " + why);
    });
  }

  @Test
  @DisplayName("what was decided on cleaned text is not guessed; the label of a session is in the record and counts again")
  void transformedAndSessions() {
    Facts facts = Policies.facts(Findings.NONE);
    Verdict verdict = OLD.judge(facts);
    Replay cleaned = new Replay(OLD, OLD);
    cleaned.add(new Recorded("t", Instant.EPOCH, OLD.digest(), facts, true, true, verdict.sensitivity(), verdict.route(), verdict.rules(), true));
    assertThat(cleaned.open().keySet()).singleElement().asString().startsWith("decided on cleaned text");
    Facts remembered = new Facts(facts.findings(), facts.caller(), facts.operation(), "", false, false, facts.declared(), null, 0, 100, 1, Map.of(), "",
        Instant.EPOCH, Sensitivity.RESTRICTED);
    Replay session = new Replay(Policies.bundle(""), OLD);
    session.add(recorded(OLD, remembered));
    assertThat(session.count(Sensitivity.RESTRICTED, Sensitivity.RESTRICTED)).isEqualTo(1);
    assertThat(session.changes()).isEmpty();
  }

  @Test
  @DisplayName("a new exclusion of values may take away what was found: undecidable where its detector found something")
  void newExclusion() {
    PolicyBundle now = Policies.bundle(RULES + "exclusions: [{id: sample, detector: test, equals: [x], owner: o, expires: 2030-01-01}]\n");
    Replay replay = new Replay(now, OLD);
    replay.add(recorded(OLD, Policies.facts(Policies.findings(Policies.finding("CN_ID", Likelihood.LIKELY)))));
    replay.add(recorded(OLD, Policies.facts(Findings.NONE)));
    assertThat(replay.open()).containsOnlyKeys("the exclusion 'sample' may take away findings; records hold no values");
    assertThat(replay.decided()).isEqualTo(1);
  }

  @Test
  @DisplayName("a record that the old bundle would not have written is pointed out")
  void disagreeing() {
    Replay replay = new Replay(OLD, OLD);
    Facts facts = Policies.facts(Policies.findings(Policies.finding("CN_ID", Likelihood.LIKELY)));
    replay.add(new Recorded("forged", Instant.EPOCH, OLD.digest(), facts, true, true, Sensitivity.INTERNAL, List.of(), List.of(), false));
    assertThat(replay.disagreeing().examples()).containsExactly("forged");
    assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).isFalse();
  }

  @Test
  @DisplayName("no record at all is not good: nothing was shown")
  void nothing() {
    assertThat(ReplayReport.good(new Replay(OLD, null), AllowedChanges.NONE)).isFalse();
  }

  @Test
  @DisplayName("lines of an allow file that allow nothing are problems, by line")
  void allowFile() {
    List<Problem> problems = new ArrayList<>();
    AllowedChanges.read("a.txt", List.of("# fine", "", "restricted to internal: cn", "restricted -> internal: *", "secret -> internal: cn", "restricted -> internal:"),
        problems);
    assertThat(problems).extracting(Problem::line).containsExactly(3, 4, 5, 6);
  }

  @Test
  @DisplayName("over random policies and requests the matrix is that of judging twice")
  void likeJudgingTwice() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      PolicyBundle before = Policies.bundle(rules(random));
      PolicyBundle after = Policies.bundle(rules(random));
      Replay replay = new Replay(after, before);
      long[][] expected = new long[4][4];
      boolean looser = false;
      for (int i = 0; i < 100; i++) {
        Facts facts = facts(random);
        Verdict was = before.judge(facts);
        Verdict is = after.judge(facts);
        expected[was.sensitivity().ordinal()][is.sensitivity().ordinal()]++;
        looser |= !Treatment.of(was, is).laxer().isEmpty();
        replay.add(recorded(before, facts));
      }
      for (Sensitivity from : Sensitivity.values()) {
        for (Sensitivity to : Sensitivity.values()) {
          assertThat(replay.count(from, to)).as("seed %d, %s to %s", seed, from, to).isEqualTo(expected[from.ordinal()][to.ordinal()]);
        }
      }
      assertThat(ReplayReport.good(replay, AllowedChanges.NONE)).as("seed %d", seed).isEqualTo(!looser);
      if (looser) {
        assertThat(BundleDiff.of(before, after).loosens()).as("seed %d: the diff knew", seed).isTrue();
      }
    }
  }

  private static String rules(Random random) {
    StringBuilder rules = new StringBuilder("rules:\n");
    String[] types = {"CN_ID", "EMAIL", "PHONE"};
    for (int i = 0; i < 4; i++) {
      rules.append("  - {id: r").append(i).append(", types: [").append(types[random.nextInt(3)]).append("], count: ").append(1 + random.nextInt(2))
          .append(", raiseTo: ").append(Sensitivity.values()[1 + random.nextInt(3)]).append(", reason: x}\n");
    }
    return rules.toString();
  }

  private Recorded recorded(PolicyBundle by, Facts facts) {
    Verdict verdict = by.judge(facts);
    return new Recorded("r" + ++ids, Instant.EPOCH.plusSeconds(ids), by.digest(), facts, false, false, verdict.sensitivity(), verdict.route(), verdict.rules(),
        false);
  }

  private static Facts facts(Random random) {
    List<Finding> findings = new ArrayList<>();
    String[] types = {"CN_ID", "EMAIL", "PHONE", "URL"};
    for (int i = random.nextInt(5); i > 0; i--) {
      findings.addAll(Recorded.findings(types[random.nextInt(4)], Likelihood.values()[random.nextInt(5)], "d", 1));
    }
    return new Facts(new Findings(findings, Set.of()), Caller.DEFAULT, Operation.CHAT, "", false, false, Sensitivity.values()[random.nextInt(3)], null, 0, 1_000,
        -1, Map.of(), "", Instant.EPOCH);
  }

  private static AllowedChanges allowed(String line) {
    List<Problem> problems = new ArrayList<>();
    AllowedChanges read = AllowedChanges.read("a", List.of(line), problems);
    assertThat(problems).isEmpty();
    return read;
  }
}
