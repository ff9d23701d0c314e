package io.tidegate.daemon.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.ExactCache;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.fake.CountingMeters;
import io.tidegate.fake.FakeLoop;
import io.tidegate.fake.RecordingAudit;
import io.tidegate.fake.ScriptedUpstreams;
import io.tidegate.jobs.Asker;
import io.tidegate.jobs.JobFacts;
import io.tidegate.line.LineConfig;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rooms;
import io.tidegate.line.Rules;
import io.tidegate.model.Caller;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.wire.Splices;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LineAskerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final JobFacts JOB = new JobFacts("job", new Caller("ward", "tester"), Sensitivity.PUBLIC);

  private final FakeLoop loop = new FakeLoop();
  private final ScriptedUpstreams upstreams = new ScriptedUpstreams();
  private final List<String> routes = new ArrayList<>();
  private Rules inForce = rules(Policies.bundle("routes: {internal: {batch: [private]}, restricted: {batch: [private]}}"));
  private final LineAsker asker = new LineAsker(line(), () -> inForce, List.of(loop), () -> "id");

  private static Rules rules(PolicyBundle bundle) {
    return new Rules(new Classifier(Classifier.builtIn()), new Decider(bundle));
  }

  private RequestLine line() {
    Upstream home = new Upstream("home", Zone.PRIVATE, Dialect.OPENAI, List.of("m"), "m", Map.of(), true, false, "/v1", List.of(), null, null, true, List.of(), null,
        Duration.ofSeconds(1), 8);
    HealthBoard health = new HealthBoard(loop, new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND));
    health.endpoints("home", List.of(new Endpoint("home", "h1", "127.0.0.1", 1, 1, false)));
    return new RequestLine(new Rooms(() -> inForce, new Catalog(List.of(home)), health, List.of(new Balancer(health)), (request, upstream, model) -> new Splices(request.prompt().json()).apply(),
        upstreams, new ExactCache(0, loop), new RecordingAudit(), new RequestDigest(new byte[32]), new CountingMeters(), () -> Instant.parse("2026-11-24T10:00:00Z"), Runnable::run,
        LineConfig.DEFAULT));
  }

  private static byte[] body(String text) {
    return ("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}").getBytes(StandardCharsets.UTF_8);
  }

  private void ask(byte[] body, Object by, @Nullable Object around) {
    asker.ask(JOB, "/v1/chat/completions", body, by, around, new Asker.Done() {
      @Override
      public void answered(String requestId, byte[] route, byte[] json) {
        routes.add(new String(route, StandardCharsets.UTF_8));
      }

      @Override
      public void refused(@Nullable String requestId, byte @Nullable [] route, ErrorAnswer error) {
        throw new AssertionError(error.message());
      }
    });
  }

  @Test
  @DisplayName("G6 A10 a line is decided by the policy by which its neighbours were read, also where another comes into force just then")
  void onePolicy() {
    List<byte[]> bodies = List.of(body("my number begins 110105194912"), body("31002X and ends so"));
    Object before = asker.rules();
    List<@Nullable Object> around = asker.around(before, bodies);
    String digest = inForce.decider().bundle().digest();
    upstreams.answer("{}").answer("{}");
    ask(bodies.get(0), before, around.get(0));
    inForce = rules(Policies.baseline());
    loop.advance(10 * SECOND);
    assertThat(routes).singleElement().asString().contains("\"policy\":\"" + digest + "\"");
    assertThat(asker.rules()).as("the neighbours of later lines are read again").isNotSameAs(before);
    ask(bodies.get(1), asker.rules(), asker.around(asker.rules(), bodies).get(1));
    loop.advance(10 * SECOND);
    assertThat(routes.get(1)).contains("\"sensitivity\":\"RESTRICTED\"", "\"policy\":\"" + inForce.decider().bundle().digest() + "\"");
  }
}
