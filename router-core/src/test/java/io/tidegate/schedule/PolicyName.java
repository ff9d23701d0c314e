package io.tidegate.schedule;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.line.Rules;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import java.util.List;

/** The policies that replace each other, and in one line each what they let out: written down here once more, apart from the bundles. */
enum PolicyName {
  /** Harmless text goes out first, contacts once they are cleaned. */
  OPEN("internal", """
      confidential: {interactive: [{to: public, after: pseudonymise}, private], standard: [private, {to: public, after: pseudonymise}],
        batch: [{to: public, after: pseudonymise}, private]}
      internal: {interactive: [edge-cache, private, public], standard: [edge-cache, public, private],
        batch: [edge-cache, public, {to: private, when: busy}]}
      """, "audit: {internal: durable}"),
  /** Harmless text goes out where home is down. */
  HOME("internal", """
      confidential: {interactive: [private], standard: [private], batch: [private]}
      internal: {interactive: [edge-cache, private, {to: public, when: down}], standard: [edge-cache, private, {to: public, when: down}],
        batch: [edge-cache, private, {to: public, when: down}]}
      """, ""),
  /** Nothing goes out. */
  TIGHT("confidential", """
      confidential: {interactive: [private], standard: [private], batch: [private]}
      """, ""),
  /** As OPEN, and each text where it may be worked on: harmless ones in two regions, the others in one. */
  BOUND("internal", """
      confidential: {interactive: [{to: public, after: pseudonymise}, private], standard: [private, {to: public, after: pseudonymise}],
        batch: [{to: public, after: pseudonymise}, private]}
      internal: {interactive: [edge-cache, private, public], standard: [edge-cache, public, private],
        batch: [edge-cache, public, {to: private, when: busy}]}
      """, "residency: {internal: [east, west], confidential: [east]}");

  private final PolicyBundle bundle;
  private final Rules rules;

  PolicyName(String floor, String routes, String more) {
    bundle = Policies.bundleOf("""
        apiVersion: tidegate/v1
        kind: SensitivityPolicy
        metadata: {name: %s, revision: 1, owner: secops}
        spec:
          floor: %s
          onError: restricted
          rules:
            - {id: secret, types: [SECRET], raiseTo: restricted, reason: secret}
            - {id: contact, types: [EMAIL], raiseTo: confidential, reason: reachable}
          cache:
            internal: {store: true, outside: true, sampled: false, ttl: 1s}
          routes:
        %s%s...
        """.formatted(name().toLowerCase(java.util.Locale.ROOT), floor, routes.indent(4), more.isEmpty() ? "" : more.indent(2)));
    rules = new Rules(new Classifier(List.of(Words.INSTANCE)), new Decider(bundle));
  }

  Rules rules() {
    return rules;
  }

  String digest() {
    return bundle.digest();
  }

  /** Whether text that is at least {@code least} may be worked on in a region; the empty one is where nobody says. */
  boolean permits(Sensitivity least, String region) {
    return this != BOUND || region.equals("east") || region.equals("west") && least.compareTo(Sensitivity.INTERNAL) <= 0;
  }

  /** What may be said of text that is at least {@code least} at a PUBLIC endpoint. */
  Leave leave(Sensitivity least) {
    return switch (this) {
      case TIGHT -> Leave.NEVER;
      case HOME -> least.compareTo(Sensitivity.INTERNAL) <= 0 ? Leave.WHERE_HOME_IS_DOWN : Leave.NEVER;
      case OPEN, BOUND -> switch (least) {
        case PUBLIC, INTERNAL -> Leave.AS_IT_STANDS;
        case CONFIDENTIAL -> Leave.CLEANED;
        case RESTRICTED -> Leave.NEVER;
      };
    };
  }

  /** How a text may leave the house. */
  enum Leave { AS_IT_STANDS, CLEANED, WHERE_HOME_IS_DOWN, NEVER }
}
