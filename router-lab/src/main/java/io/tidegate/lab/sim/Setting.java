package io.tidegate.lab.sim;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.classify.Detector;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.line.LineConfig;
import io.tidegate.model.Balance;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a simulated router is configured; as the daemon is unless said otherwise.
 *
 * @param detectors what looks at texts; these are harmless by construction, so that none is needed for the figures
 * @param limits what may be in flight; where there is none, nobody waits for a place
 */
public record Setting(List<Upstream> upstreams, PolicyBundle policy, List<Detector> detectors, RetryTerms retries, LineConfig line,
    HealthRules health, LimitRules limits, QueueRules queue) {
  /** How long a request that is not interactive waits for a full private upstream before it goes to a public one. */
  static final long OVERFLOW_AFTER_NANOS = seconds(2);

  /** The daemon's: five failures in a row; out for 5 s doubling to a minute, for its answers 30 s. */
  static final HealthRules HEALTH = new HealthRules(5, seconds(5), seconds(60), seconds(300), seconds(30));

  public Setting {
    upstreams = List.copyOf(upstreams);
    detectors = List.copyOf(detectors);
  }

  /** A private upstream {@code home} of these endpoints, and none else. */
  public static Setting home(Balance balance, String... endpoints) {
    return new Setting(List.of(upstream("home", Zone.PRIVATE, balance, endpoints)), policy("[private]"), List.of(), RetryTerms.DEFAULT,
        LineConfig.DEFAULT, HEALTH, LimitRules.NONE, QueueRules.DEFAULT);
  }

  /** A public upstream {@code cloud}, and none else. */
  public static Setting cloud(String... endpoints) {
    return new Setting(List.of(upstream("cloud", Zone.PUBLIC, Balance.DEFAULT, endpoints)), policy("[public]"), List.of(), RetryTerms.DEFAULT,
        LineConfig.DEFAULT, HEALTH, LimitRules.NONE, QueueRules.DEFAULT);
  }

  /** Besides, a public upstream {@code cloud}, which may be asked when home cannot answer. */
  public Setting andCloud(String... endpoints) {
    List<Upstream> both = new ArrayList<>(upstreams);
    both.add(upstream("cloud", Zone.PUBLIC, Balance.DEFAULT, endpoints));
    return new Setting(both, policy("[private, public]"), detectors, retries, line, health, limits, queue);
  }

  /** With other waits and bounds of further attempts. */
  public Setting retrying(RetryTerms terms, int maxAttempts) {
    LineConfig other = new LineConfig(line.firstTokenInteractive(), line.firstTokenStandard(), line.firstTokenBatch(), line.idle(), line.total(),
        line.totalBatch(), line.loopSteps(), maxAttempts, line.replayBytes(), line.heldBytes());
    return new Setting(upstreams, policy, detectors, terms, other, health, limits, queue);
  }

  /** With the daemon's limit for each endpoint of home, and its waiting room. */
  public Setting limited() {
    return limited(new LimitRules(Set.of("home"), limits.accounts(), limits.instances()));
  }

  /** With these limits, and the daemon's waiting room. */
  public Setting limited(LimitRules rules) {
    return new Setting(upstreams, policy, detectors, retries, line, health, rules, queue);
  }

  private static Upstream upstream(String name, Zone zone, Balance balance, String... ids) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String id : ids) {
      endpoints.add(new Endpoint(name, id, "192.0.2.1", 1, 1, false));
    }
    return new Upstream(name, zone, Dialect.OPENAI, List.of("model"), "model", Map.of(), true, true, "/v1", List.of(), null, null, true, endpoints, null,
        Duration.ofSeconds(1), 1_000_000, balance);
  }

  static PolicyBundle policy(String route) {
    String text = "apiVersion: tidegate/v1\nkind: SensitivityPolicy\nmetadata: {name: simulated, revision: 1, owner: lab}\nspec:\n  floor: internal\n"
        + "  routes: {internal: {interactive: " + route + ", standard: " + route + ", batch: " + route + "}}\n...\n";
    PolicyCompiler.Result result = PolicyCompiler.compile(Map.of("simulated.yaml", text.getBytes(StandardCharsets.UTF_8)), LocalDate.of(2026, 11, 25));
    return result.bundle().orElseThrow(() -> new IllegalStateException(result.problems().toString()));
  }

  static long seconds(double seconds) {
    return (long) (seconds * 1e9);
  }
}
