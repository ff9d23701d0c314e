package io.tidegate.decide;

import io.tidegate.model.Endpoint;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.Verdict;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SplicedText;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Turns findings and a bundle into a decision, and mints clearances. Pure; thread-safe. */
public final class Decider {
  private final PolicyBundle bundle;
  private final String region;

  /** @param region where this daemon stands, by its configuration; rules may read it. Empty for nowhere in particular */
  public Decider(PolicyBundle bundle, String region) {
    this.bundle = bundle;
    this.region = region;
  }

  /** One that stands nowhere in particular. */
  public Decider(PolicyBundle bundle) {
    this(bundle, "");
  }

  /** The bundle that decides here. */
  public PolicyBundle bundle() {
    return bundle;
  }

  /**
   * Decides {@code request} by exactly this decider's bundle (G6). Never throws: what cannot be judged is RESTRICTED (G2).
   *
   * @param now civil time, for rules that read it
   */
  public Decision decide(ModelRequest request, Findings findings, Instant now) {
    return decide(request, findings, now, request.prompt().json().length());
  }

  /**
   * Decides again what a transformation made of a request (decisions 3). The time and the size that rules read are those of the first decision: a text
   * that cleaning made short, or took long to clean, is the same request. What another bundle decided first cannot be judged here (G6).
   *
   * @param cleaned the request with its cleaned text
   */
  public Decision again(Decision first, ModelRequest cleaned, Findings remaining) {
    return first.policyDigest().equals(bundle.digest()) ? decide(cleaned, remaining, first.now(), first.bodyBytes())
        : new Decision(cleaned, bundle.unjudged(), bundle.digest(), region, first.now(), first.bodyBytes(), -1);
  }

  private Decision decide(ModelRequest request, Findings findings, Instant now, int bodyBytes) {
    Verdict verdict;
    int messages = -1;
    try {
      Facts facts = facts(request, findings, now, bodyBytes);
      messages = bundle.readsMessages() ? facts.messages() : -1;
      verdict = bundle.judge(facts);
    } catch (VirtualMachineError e) {
      if (!(e instanceof StackOverflowError)) {
        throw e;
      }
      verdict = bundle.unjudged();
    } catch (Throwable e) {
      verdict = bundle.unjudged();
    }
    return new Decision(request, verdict, bundle.digest(), region, now, bodyBytes, messages);
  }

  /** What this decider's rules read of a request. */
  public Facts facts(ModelRequest request, Findings findings, Instant now) {
    return facts(request, findings, now, request.prompt().json().length());
  }

  private Facts facts(ModelRequest request, Findings findings, Instant now, int bodyBytes) {
    JsonText json = request.prompt().json();
    return new Facts(findings, request.caller(), request.operation(), request.model(), request.stream(), request.sampled(), request.declared(),
        request.latencyWish(), request.timeLeftNanos(), bodyBytes, bundle.readsMessages() ? BodyFacts.messages(json) : 0,
        bundle.readsLabels() ? BodyFacts.labels(json) : Map.of(), region, now, request.sessionLabel());
  }

  /** Clears one attempt at an upstream of which nobody said where it stands. */
  public Optional<Clearance> clear(Decision decision, Upstream upstream, SplicedText text) {
    return clear(decision, upstream, upstream.name(), text);
  }

  /**
   * Clears one attempt. Empty if the decision does not open the upstream's zone, does not permit the region, if {@code text} was not made from the very
   * text that was decided, or if another bundle decided.
   *
   * @param place of the upstream, see {@link Endpoint#place}
   */
  public Optional<Clearance> clear(Decision decision, Upstream upstream, String place, SplicedText text) {
    boolean open = decision.opens(upstream.zone()) && mayEnter(decision.sensitivity(), upstream.zone());
    boolean permitted = decision.residency().anywhere() || decision.residency().permits(Endpoint.region(place));
    boolean sameText = text.source() == decision.request().prompt().json();
    boolean sameBundle = decision.policyDigest().equals(bundle.digest());
    return open && permitted && sameText && sameBundle ? Optional.of(new Clearance(decision, upstream.name(), place, upstream.zone(), text))
        : Optional.empty();
  }

  /**
   * The second lock of G1, which knows nothing of routes, policies or tables. CONFIDENTIAL content may be cleared for PUBLIC only once a
   * transformation has cleaned it (decisions 3), and is then decided again: such a decision is no longer CONFIDENTIAL.
   */
  private static boolean mayEnter(Sensitivity sensitivity, Zone zone) {
    return switch (zone) {
      case PRIVATE -> true;
      case PUBLIC -> sensitivity.compareTo(Sensitivity.INTERNAL) <= 0;
    };
  }
}
