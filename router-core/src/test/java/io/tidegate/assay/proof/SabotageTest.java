package io.tidegate.assay.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tidegate.assay.PolicyDetectors;
import io.tidegate.assay.world.Sabotaged;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.AuditLog;
import io.tidegate.line.Rooms;
import io.tidegate.line.Rules;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Findings;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.time.Loop;
import io.tidegate.time.Pace;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import io.tidegate.wire.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A good policy on a bad line: in each test one part of the router has a hole, and the proof must see what came of it. So that the proof is no tautology.
 */
@Tag("once")
class SabotageTest {
  private static Proof prove(UnaryOperator<Rooms> sabotage) {
    PolicyBundle bundle = Policies.baseline();
    ScriptedDetector script = new ScriptedDetector();
    List<Detector> detectors = new ArrayList<>(PolicyDetectors.with(Classifier.allDetectors(), bundle));
    detectors.add(script);
    Classifier classifier = new Classifier(detectors, ScriptedDetector.BOUNDS);
    Decider decider = new Decider(bundle);
    try {
      PolicySources sources = new PolicySources(Map.of("baseline.yaml", Files.readAllBytes(Path.of("../policies/baseline.yaml"))), Pace.FULL);
      return new Prover(decider, classifier, script, Sabotaged.rehearsal(new Rules(classifier, decider), new RehearsalPlugs(), io.tidegate.assay.world.Rehearsal.BOUNDS, sabotage), sources,
          Set.of(), Pace.FULL).prove(false, () -> true);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** {@code rooms} with one part exchanged. */
  private static Rooms with(Rooms rooms, String part, Object other) {
    try {
      RecordComponent[] parts = Rooms.class.getRecordComponents();
      Class<?>[] types = new Class<?>[parts.length];
      Object[] values = new Object[parts.length];
      for (int i = 0; i < parts.length; i++) {
        types[i] = parts[i].getType();
        values[i] = parts[i].getName().equals(part) ? other : parts[i].getAccessor().invoke(rooms);
      }
      return Rooms.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void sees(Proof proof, Violation violation, String... words) {
    assertThat(proof.holds()).isFalse();
    assertThat(proof.examples()).anySatisfy(example -> {
      assertThat(example.violation()).isEqualTo(violation.words());
      assertThat(example.world() + " " + example.sent() + " " + example.content() + " " + example.fix()).contains(words);
    });
  }

  @Test
  @DisplayName("the same line without a hole leaks nowhere")
  void unharmed() {
    assertThat(prove(rooms -> rooms).examples()).isEmpty();
  }

  @Test
  @DisplayName("A14 a catalog that takes a PUBLIC upstream for a PRIVATE one is seen")
  void catalogLiesAboutAZone() {
    sees(prove(rooms -> with(rooms, "catalog", new Catalog(rooms.catalog().upstreams().stream().map(SabotageTest::asPrivate).toList()))),
        Violation.RESTRICTED_LEFT, "private down", "public-1 (PUBLIC, the content as it stood)", "defect of the router");
  }

  private static Upstream asPrivate(Upstream was) {
    return new Upstream(was.name(), Zone.PRIVATE, was.dialect(), was.models(), was.defaultModel(), was.aliases(), was.substitute(), was.emulated(), was.basePath(),
        was.networks(), was.tls(), was.key(), was.embeddings(), was.endpoints(), was.consulService(), was.connectTimeout(), was.maxConnectionsPerEndpoint());
  }

  @Test
  @DisplayName("A3 candidates that are widened after a failure, and a clearance used again, are seen")
  void failureWidens() {
    sees(prove(rooms -> with(rooms, "upstreams", new Widening(rooms.upstreams()))), Violation.RESTRICTED_LEFT, "private refused", "to public-1 (PUBLIC, the content as it stood");
  }

  /** Where a private endpoint fails, it sends the same clearance to a public one, "just this once". */
  private static final class Widening implements Upstreams {
    private final Upstreams behind;

    Widening(Upstreams behind) {
      this.behind = behind;
    }

    @Override
    public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream, boolean usageAsked,
        Loop loop, AttemptEvents events) {
      return behind.send(clearance, endpoint, receipt, times, stream, usageAsked, loop, new AttemptEvents() {
        @Override
        public void answered(ByteBuf json, Usage usage) {
          events.answered(json, usage);
        }

        @Override
        public void events(ByteBuf frames, boolean content) {
          events.events(frames, content);
        }

        @Override
        public void ended(Usage usage) {
          events.ended(usage);
        }

        @Override
        public void failed(AttemptFailure failure) {
          if (clearance.zone() == Zone.PRIVATE) {
            behind.send(clearance, new Endpoint("public-1", "public-1a", "192.0.2.1", 1, 1, false), receipt, times, stream, usageAsked, loop, events);
          } else {
            events.failed(failure);
          }
        }
      });
    }
  }

  @Test
  @DisplayName("A6 a detector that is lost is seen by the values that nobody finds")
  void detectorIsLost() {
    List<Detector> fewer = Classifier.allDetectors().stream().filter(detector -> !detector.id().equals("cn-id")).toList();
    assertThat(fewer).hasSizeLessThan(Classifier.allDetectors().size());
    PolicyBundle bundle = Policies.baseline();
    Proof proof = Proofs.of(bundle, Map.of(), fewer, new RehearsalPlugs(), Pace.FULL).prove(Set.of(), false, () -> false);
    sees(proof, Violation.RESTRICTED_LEFT, "made-up cn_id");
  }

  @Test
  @DisplayName("A6 a classifier that finds nothing is seen")
  void classifierIsBlind() {
    sees(prove(rooms -> with(rooms, "rules", (java.util.function.Supplier<Rules>) () -> new Rules(new Classifier(List.of()), rooms.rules().get().decider()))),
        Violation.RESTRICTED_LEFT, "the content as it stood");
  }

  @Test
  @DisplayName("G6 a decider of a laxer bundle is seen")
  void anotherBundleDecides() {
    PolicyBundle lax = Policies.bundle("egress: {edge-cache: [public, internal], private: [public, internal, confidential, restricted], public: [public, internal]}");
    sees(prove(rooms -> with(rooms, "rules", (java.util.function.Supplier<Rules>) () -> new Rules(rooms.rules().get().classifier(), new Decider(lax)))),
        Violation.RESTRICTED_LEFT, "the content as it stood");
  }

  @Test
  @DisplayName("G7 a receipt of another request is seen")
  void receiptOfAnother() {
    AuditLog audit = new AuditLog() {
      @Override
      public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes,
          Loop loop) {
        return Optional.of(new AuditReceipt("another", 1));
      }

      @Override
      public void durable(AuditReceipt receipt, Loop loop, Outcome done) {
        done.synced(true);
      }

      @Override
      public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop) {}
    };
    sees(prove(rooms -> with(rooms, "audit", audit)), Violation.UNRECORDED, "no record of it");
  }

  @Test
  @DisplayName("B6 a receipt although nothing could be written is seen")
  void receiptWithoutARecord() {
    sees(prove(rooms -> with(rooms, "audit", new io.tidegate.audit.RehearsedAudit())), Violation.UNRECORDED, "audit down");
  }

  @Test
  @DisplayName("G4 a cache that forgets whose answer it holds is seen")
  void cacheForgetsTenants() {
    sees(prove(rooms -> with(rooms, "cache", new AnswerCache() {
      @Override
      public @Nullable Stored get(Key key) {
        return rooms.cache().get(everybodys(key));
      }

      @Override
      public void put(Key key, JsonText body, Stored answer) {
        rooms.cache().put(everybodys(key), body, answer);
      }

      @Override
      public long nanos() {
        return rooms.cache().nanos();
      }

      private Key everybodys(Key key) {
        return new Key("everybody", Sensitivity.INTERNAL, key.policyDigest(), Operation.CHAT, new byte[32]);
      }
    })), Violation.OTHER_TENANT, "cache other-tenant");
  }

  @Test
  @DisplayName("G5 an attempt that never reports is seen")
  void noAnswer() {
    sees(prove(rooms -> with(rooms, "upstreams", (Upstreams) (clearance, endpoint, receipt, times, stream, usageAsked, loop, events) -> new Upstreams.Attempt() {
      @Override
      public void cancel() {}

      @Override
      public void pause() {}

      @Override
      public void resume() {}
    })), Violation.NOT_ONE_ANSWER, "no answer");
  }
}
