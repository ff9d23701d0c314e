package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.RecordingSink;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random requests of random tenants against a model of the cache: an answer may come back only to a request that is equal in partition, class, bundle,
 * operation and in every byte of its body (model, parameters, system prompt, tools), and to such a one it must.
 */
class G4CacheKeyPropertyTest {
  private static final int CASES = 10_000;
  private static final String SPEC = """
      cache:
        public: {store: true, shared: true}
        internal: {store: true}
        groups: {siblings: [t0, t1, t2]}
      grants:
        - {id: open, tenants: [t0, t1, t3, t4], owner: secops, expires: 2099-01-01}
      """;

  private final LineRig rig = new LineRig();

  /** All that must be equal. */
  private record Part(String partition, Sensitivity sensitivity, String bundle, Operation operation, String body) {}

  private static String partition(String tenant, Sensitivity sensitivity) {
    boolean sibling = tenant.compareTo("t2") <= 0;
    return sibling && sensitivity == Sensitivity.PUBLIC ? "siblings" : tenant;
  }

  @Test
  @DisplayName("G4 C1 10,000 random requests: a hit is always of the own partition, class, bundle and body, and an equal request always hits")
  void keysAreExact() throws JsonException {
    long seed = Long.getLong("tidegate.seed", 44);
    SplittableRandom random = new SplittableRandom(seed);
    Rules[] bundles = {LineRig.rules(Policies.bundle(SPEC)), LineRig.rules(Policies.bundle(SPEC + "unscannable: restricted\n"))};
    Map<Part, String> model = new HashMap<>();
    int hits = 0;
    for (int i = 0; i < CASES; i++) {
      rig.loop.advance(Duration.ofMillis(1).toNanos());
      int which = i / (CASES / 4) % 2; // the bundle is replaced, and comes back
      rig.rules = bundles[which];
      Operation operation = Operation.values()[random.nextInt(2)];
      String tenant = "t" + random.nextInt(7);
      Sensitivity declared = Sensitivity.values()[random.nextInt(3)];
      boolean stream = random.nextInt(4) == 0;
      String body = body(operation, stream, random);
      ModelRequest request = new ModelRequest("r" + i, operation, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)),
          "auto", stream, false, false, new Caller(tenant, "job" + random.nextInt(2)), declared, null, 0, CacheDirective.DEFAULT, rig.loop.nanos());
      String answer = "answer " + i;
      if (stream) {
        rig.upstreams.stream("data: " + answer + "\n\n");
      } else {
        rig.upstreams.answer(answer);
      }
      RecordingSink sink = rig.sink();
      rig.line().walk(request, sink, rig.loop);
      rig.loop.run();
      rig.upstreams.script.clear();
      RouteInfo route = sink.route;
      assertThat(route).as("case %d, seed %d", i, seed).isNotNull();
      Part part = new Part(partition(tenant, route.sensitivity()), route.sensitivity(), route.policy(), operation, body);
      String came = stream ? sink.frames.toString() : sink.json;
      String stored = model.get(part);
      if (route.cache() == RouteInfo.CacheOutcome.HIT) {
        hits++;
        assertThat(came).as("case %d, seed %d", i, seed).isEqualTo(stored);
      } else {
        assertThat(stored).as("case %d, seed %d: an equal request was stored and not found", i, seed).isNull();
        assertThat(came).contains(answer);
        if (route.sensitivity().compareTo(Sensitivity.INTERNAL) <= 0) {
          model.put(part, came);
        }
      }
    }
    assertThat(hits).as("hits").isBetween(CASES / 10, CASES * 9 / 10);
    assertThat(model.keySet().stream().map(Part::sensitivity)).contains(Sensitivity.PUBLIC, Sensitivity.INTERNAL);
  }

  /** Bodies of few parts with few values, so that many are equal and many differ in one place only. */
  private static String body(Operation operation, boolean stream, SplittableRandom random) {
    String text = "\"say " + random.nextInt(3) + "\"";
    String what = operation == Operation.CHAT ? "\"messages\":[{\"role\":\"system\",\"content\":\"be " + random.nextInt(2) + "\"},{\"role\":\"user\",\"content\":" + text + "}]"
        : "\"prompt\":" + text;
    String tools = random.nextInt(3) == 0 ? ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f" + random.nextInt(2) + "\"}}]" : "";
    String limit = random.nextInt(3) == 0 ? ",\"max_tokens\":" + (10 + random.nextInt(2)) : "";
    return "{\"model\":\"auto\",\"temperature\":0," + what + tools + limit + (stream ? ",\"stream\":true" : "") + "}";
  }
}
