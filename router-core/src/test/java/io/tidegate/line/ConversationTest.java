package io.tidegate.line;

import static io.tidegate.model.Sensitivity.CONFIDENTIAL;
import static io.tidegate.model.Sensitivity.INTERNAL;
import static io.tidegate.model.Sensitivity.PUBLIC;
import static io.tidegate.model.Sensitivity.RESTRICTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.RecordingSink;
import io.tidegate.model.Finding;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Turns of conversations that are remembered, through the whole line. */
class ConversationTest {
  private final LineRig rig = new LineRig();
  private final Remembered labels = new Remembered();

  ConversationTest() {
    rig.sessions = labels;
  }

  /** Labels in a map, and how often anybody asked for one. */
  private static final class Remembered implements SessionLabels {
    final Map<String, Sensitivity> known = new HashMap<>();
    final List<String> order = new ArrayList<>();
    Runnable whenRaised = () -> { };

    @Override
    public Session of(String tenant, String session) {
      String key = tenant + "/" + session;
      order.add("asked");
      return new Session() {
        @Override
        public Sensitivity label() {
          return known.getOrDefault(key, PUBLIC);
        }

        @Override
        public void raise(Sensitivity to) {
          order.add("raised");
          whenRaised.run();
          known.merge(key, to, Sensitivity::join);
        }
      };
    }
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private RouteInfo turn(Ask ask) {
    rig.upstreams.script.clear();
    rig.upstreams.answer("{\"ok\":1}");
    RecordingSink sink = rig.walk(ask);
    RouteInfo route = sink.route;
    assertThat(route).isNotNull();
    rig.upstreams.script.clear(); // a hit needs no attempt
    return route;
  }

  @Test
  @DisplayName("A10 decisions 11 once restricted, the conversation stays at home, and says so by the rule 'session'")
  void restrictedStays() {
    assertThat(turn(Ask.harmless().in("s")).destination()).isEqualTo(Destination.PUBLIC);
    assertThat(turn(Ask.restricted().in("s")).sensitivity()).isEqualTo(RESTRICTED);
    RouteInfo later = turn(Ask.harmless().in("s"));
    assertThat(later.sensitivity()).isEqualTo(RESTRICTED);
    assertThat(later.destination()).isEqualTo(Destination.PRIVATE);
    assertThat(later.rule()).isEqualTo("session");
    assertThat(turn(Ask.about("sort a map").in("other")).destination()).isEqualTo(Destination.PUBLIC);
    assertThat(turn(Ask.about("sort a tree")).destination()).as("no session, no memory").isEqualTo(Destination.PUBLIC);
  }

  @Test
  @DisplayName("decisions 11 the label joins: a turn is never below it and never lowered to it, and the turn's own rules are named beside it")
  void labelsJoin() {
    assertThat(turn(Ask.confidential().in("s")).sensitivity()).isEqualTo(CONFIDENTIAL);
    assertThat(turn(Ask.harmless().in("s")).sensitivity()).isEqualTo(CONFIDENTIAL);
    assertThat(turn(Ask.harmless().declared(RESTRICTED).in("t")).sensitivity()).isEqualTo(RESTRICTED);
    labels.known.put("default/u", CONFIDENTIAL);
    assertThat(turn(Ask.harmless().declared(RESTRICTED).in("u")).sensitivity()).as("a lower label lowers nothing").isEqualTo(RESTRICTED);
    RouteInfo raised = turn(Ask.restricted().in("s"));
    assertThat(raised.sensitivity()).isEqualTo(RESTRICTED);
    assertThat(List.of(raised.rule().split(","))).contains("session").hasSizeGreaterThan(1);
    assertThat(turn(Ask.harmless().in("s")).sensitivity()).isEqualTo(RESTRICTED);
  }

  @Test
  @DisplayName("decisions 11 what the caller declares raises the session too; INTERNAL leaves it as it is")
  void declaredRaises() {
    turn(Ask.harmless().declared(INTERNAL).in("s"));
    assertThat(turn(Ask.harmless().in("s")).rule()).isEqualTo("session");
    labels.known.clear();
    turn(Ask.harmless().declared(CONFIDENTIAL).in("s"));
    assertThat(turn(Ask.harmless().in("s")).sensitivity()).isEqualTo(CONFIDENTIAL);
  }

  @Test
  @DisplayName("G4 another tenant's session of the same name is another one")
  void tenantsAreApart() {
    turn(Ask.restricted().of("a").in("s"));
    assertThat(turn(Ask.harmless().of("b").in("s")).destination()).isEqualTo(Destination.PUBLIC);
  }

  @Test
  @DisplayName("decisions 11 the label is noted before anything is sent or answered, whatever becomes of the request")
  void notedFirst() {
    labels.whenRaised = () -> assertThat(rig.upstreams.sent).isEmpty();
    rig.down("home");
    RecordingSink refused = rig.walk(Ask.restricted().in("s"));
    assertThat(refused.error).isNotNull();
    assertThat(labels.order).containsExactly("asked", "raised");
    assertThat(labels.known).containsEntry("default/s", RESTRICTED);
    labels.whenRaised = () -> { };
    assertThat(rig.walk(Ask.harmless().in("s")).error).as("home is still down, and nothing wider is tried").isNotNull();
  }

  @Test
  @DisplayName("C1 an answer that was cached before the conversation was raised is not given to it afterwards")
  void cacheIsLeft() {
    turn(Ask.harmless().in("s"));
    assertThat(turn(Ask.harmless().in("s")).cache()).isEqualTo(RouteInfo.CacheOutcome.HIT);
    turn(Ask.restricted().in("s"));
    assertThat(turn(Ask.harmless().in("s")).cache()).isEqualTo(RouteInfo.CacheOutcome.BYPASS);
  }

  @Test
  @DisplayName("a request without a session asks nobody")
  void noSessionPaysNothing() {
    turn(Ask.harmless());
    turn(Ask.restricted());
    assertThat(labels.order).isEmpty();
  }

  @Test
  @DisplayName("Classify shows the label and notes nothing: what is not sent is no turn")
  void classifyOnlyLooks() {
    labels.known.put("default/s", CONFIDENTIAL);
    List<RouteInfo> seen = new ArrayList<>();
    Line.Classified done = new Line.Classified() {
      @Override
      public void decided(RouteInfo route, List<Finding> findings, List<Destination> order) {
        seen.add(route);
      }

      @Override
      public void refused(ErrorAnswer error) {
        throw new AssertionError(error.refusal());
      }
    };
    rig.line().classify(Ask.harmless().in("s").request("c1", 0), rig.loop, done);
    rig.line().classify(Ask.restricted().in("s").request("c2", 0), rig.loop, done);
    assertThat(seen).extracting(RouteInfo::sensitivity).containsExactly(CONFIDENTIAL, RESTRICTED);
    assertThat(labels.known).containsEntry("default/s", CONFIDENTIAL);
  }

  @Test
  @DisplayName("decisions 11 2,000 random turns: class of a turn = max over its text and its session, and nothing raised ever reached the cloud")
  void monotone() {
    SplittableRandom random = new SplittableRandom(11);
    Map<String, Sensitivity> highest = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      String session = "s" + random.nextInt(200);
      int kind = random.nextInt(20);
      Ask ask = (kind == 0 ? Ask.restricted() : kind == 1 ? Ask.confidential() : Ask.harmless()).in(session);
      Sensitivity own = kind == 0 ? RESTRICTED : kind == 1 ? CONFIDENTIAL : INTERNAL;
      RouteInfo route = turn(ask);
      Sensitivity expected = highest.merge(session, own, Sensitivity::join);
      assertThat(route.sensitivity()).as("turn %d", i).isEqualTo(expected);
      if (expected.compareTo(INTERNAL) > 0) {
        assertThat(route.destination()).isEqualTo(Destination.PRIVATE);
      }
    }
  }
}
