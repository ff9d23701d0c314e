package io.tidegate.daemon.policy;

import io.tidegate.time.WallClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is in force when nothing else can be: everything is RESTRICTED. */
final class LastResort {
  /** Everything is RESTRICTED and stays at home: for what must not happen, a bundle in force that cannot be made again. */
  private static final String LAST_RESORT = """
      apiVersion: tidegate/v1
      kind: SensitivityPolicy
      metadata: {name: last-resort, revision: 1, owner: tidegate}
      spec:
        floor: restricted
        egress: {edge-cache: [], private: [public, internal, confidential, restricted], public: []}
      ...
      """;

  private LastResort() {}

  /** In place of {@code old}, whose texts stay what is compared with. */
  static InForce of(InForce old, BundleMaking making, WallClock clock) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    files.put("last-resort.yaml", LAST_RESORT.getBytes(StandardCharsets.UTF_8));
    try {
      InForce made = making.again(new InForce(old.rules(), new PolicyTexts("(built in)", files, null, null), clock.now(), List.of(), null), clock.now());
      return new InForce(made.rules(), old.texts(), made.since(), old.signers(), old.signed());
    } catch (Refused defect) {
      throw new IllegalStateException("the last resort does not compile: " + defect.problems());
    }
  }
}
