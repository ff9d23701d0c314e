package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.discovery.SeenEndpoints;
import io.tidegate.fake.FakeConsul;
import io.tidegate.fake.FakeConsul.Reply;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IntentionsTest {
  private static final String WEB = "spiffe://d.consul/ns/default/dc/dc1/svc/web";

  private final FakeConsul consul = new FakeConsul();
  private final ConsulHttp http = new ConsulHttp(ConsulConfig.defaults(consul.url()));
  private final Intentions intentions = new Intentions(http, "tidegate");
  private final Queue<Boolean> answers = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    intentions.close();
    http.close();
    consul.close();
  }

  private void ask() {
    intentions.ask(WEB, "1f", answers::add);
  }

  private void until(int count) {
    SeenEndpoints.until(count + " answers", () -> answers.size() >= count);
  }

  @Test
  @DisplayName("R10.4 a word is believed for a moment only, so that a change counts at once")
  void believedForAMoment() {
    consul.answer(Reply.of(200, "{\"Authorized\":true}"), Reply.of(200, "{\"Authorized\":false}"));
    ask();
    until(1);
    SeenEndpoints.until("the word is asked for again", () -> {
      ask();
      return consul.scripted() == 0;
    });
    SeenEndpoints.until("the last word counts", () -> answers.contains(false));
    assertThat(answers.peek()).isTrue();
    assertThat(consul.queries()).hasSize(2);
    assertThat(consul.queries().get(0).path()).isEqualTo("/v1/agent/connect/authorize");
  }

  @Test
  @DisplayName("R10.4 G8 a thousand connections at once of one workload are one question")
  void oneQuestion() {
    consul.answer(Reply.of(200, "{\"Authorized\":true}"));
    for (int i = 0; i < 200; i++) {
      ask();
    }
    until(200);
    assertThat(answers).hasSize(200).containsOnly(true);
    assertThat(consul.queries()).hasSize(1);
    assertThat(intentions.allowed()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"Authorized\":\"true\"}", "{\"Authorized\":1}", "{\"Authorized\":true", "{\"Authorized\":false,\"Authorized\":true}"})
  @DisplayName("R10.4 G2 only a plain true lets in")
  void onlyTrue(String body) {
    consul.answer(Reply.of(200, body));
    ask();
    until(1);
    assertThat(answers).containsExactly(false);
  }

  @Test
  @DisplayName("R10.4 G2 an agent that refuses, hangs or is gone lets nobody in, within a bound")
  void silent() {
    for (Reply reply : List.of(Reply.of(403, "denied destination"), Reply.of(500, ""), Reply.hanging())) {
      answers.clear();
      int asked = consul.queries().size();
      consul.answer(reply);
      SeenEndpoints.until("asked", () -> {
        ask();
        return consul.queries().size() > asked;
      });
      until(1);
      assertThat(answers).containsOnly(false);
    }
    consul.down();
    answers.clear();
    SeenEndpoints.until("answered by the failure", () -> {
      ask();
      return intentions.unanswered() >= 4 && !answers.isEmpty();
    });
    assertThat(answers).containsOnly(false);
  }
}
