package io.tidegate.daemon.policy;

import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.Discovering;
import io.tidegate.daemon.StartFailure;
import io.tidegate.discovery.ConsulFolder;
import io.tidegate.model.Problem;
import io.tidegate.policy.signature.Accepted;
import io.tidegate.time.WallClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon starts with: the carrier's bundle, or the last good one if that does not pass.
 *
 * @param tried fingerprint of what the carrier has; empty if it could not be read
 */
record FirstBundle(InForce inForce, @Nullable Accepted accepted, ReloadOutcome outcome, String tried) {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyLife.class);

  /** Writes down, durably, the newest signed bundle that will be in force. */
  interface Remembering {
    void accept(Accepted accepted) throws IOException;
  }

  /** Consul's folder where one is configured, else the directory. */
  static PolicyCarrier carrier(TidegateConfig config) throws StartFailure {
    String prefix = config.policy().consulPrefix();
    TidegateConfig.Consul consul = config.consul();
    if (prefix == null || consul == null) {
      return new PolicyDirectory(config.policy().directory());
    }
    try {
      ConsulFolder folder = new ConsulFolder(Discovering.consulConfig(consul), prefix, new SplittableRandom(new SecureRandom().nextLong()));
      folder.start();
      return new PolicyFolder(folder, prefix);
    } catch (IllegalArgumentException e) {
      throw new StartFailure("consul: " + e.getMessage(), e);
    }
  }

  /** @throws StartFailure if neither what the carrier has nor what was kept passes */
  static FirstBundle of(PolicyCarrier carrier, BundleMaking making, StateDirectory state, WallClock clock) throws StartFailure {
    Accepted accepted = null;
    if (making.signaturesRequired()) {
      try {
        accepted = state.accepted();
      } catch (IOException garbled) {
        throw new StartFailure("policy.state: the newest accepted revision cannot be read: " + garbled.getMessage()
            + ". Fix: restore it, or remove it and let two people sign the next bundle", garbled);
      }
    }
    Instant now = clock.now();
    Accepted newest = accepted;
    Supplier<Optional<InForce>> before = once(() -> before(carrier, making, state, newest, now));
    String tried = "";
    try {
      PolicyTexts texts = carrier.read();
      tried = texts.fingerprint();
      InForce made = making.first(texts, before, accepted, now);
      Accepted next = made.signed();
      if (next != null && !next.equals(accepted)) {
        remember(state.path(), accepting -> state.accept(accepting, () -> true), next, now);
      }
      ReloadOutcome good = ReloadOutcome.of(ReloadOutcome.Kind.ACCEPTED, now, null, List.of(), made);
      return new FirstBundle(made, next, good, tried);
    } catch (PolicyCarrier.Unreadable unreadable) {
      return from(before, carrier, state, clock, accepted, new Refused(Stage.READ, unreadable.problems()), tried);
    } catch (Refused refused) {
      return from(before, carrier, state, clock, accepted, refused, tried);
    }
  }

  private static FirstBundle from(Supplier<Optional<InForce>> before, PolicyCarrier carrier, StateDirectory state, WallClock clock, @Nullable Accepted accepted,
      Refused refused, String tried) throws StartFailure {
    InForce lastGood = before.get().orElseThrow(() -> new StartFailure("policy: no usable bundle in " + carrier.place() + " (" + refused.stage().word()
        + "), and no last good one in " + state.path(), refused.problems()));
    ReloadOutcome bad = ReloadOutcome.of(ReloadOutcome.Kind.REFUSED, clock.now(), refused.stage().word(), refused.problems(), lastGood);
    PolicyLife.log(bad);
    return new FirstBundle(lastGood, accepted, bad, tried);
  }

  /** Worked out when it is first asked for: a start whose bundle passes seldom needs it. */
  private static <T> Supplier<T> once(Supplier<T> from) {
    List<T> made = new ArrayList<>(1);
    return () -> {
      if (made.isEmpty()) {
        made.add(from.get());
      }
      return made.get(0);
    };
  }

  /** The last good bundle, if it passes all the steps today. */
  private static Optional<InForce> before(PolicyCarrier carrier, BundleMaking making, StateDirectory state, @Nullable Accepted accepted, Instant now) {
    Optional<PolicyTexts> kept = state.lastGood(carrier.place());
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(making.first(kept.get(), Optional::empty, accepted, now));
    } catch (Refused unusable) {
      LOG.warn("the last good policy in {} cannot be used any more ({})", state.path(), unusable.stage().word());
      return Optional.empty();
    }
  }

  /** Keeps the newest accepted revision on disk before it counts. */
  static void remember(Path state, Remembering how, Accepted next, Instant now) throws Refused {
    try {
      how.accept(next);
    } catch (IOException e) {
      throw new Refused(Stage.STATE, List.of(new Problem(state.toString(), 0, 0, "the accepted revision cannot be kept ("
          + e.getClass().getSimpleName() + "), so an older bundle could come back", "let the daemon's user write policy.state")), now.plus(PolicyLife.LOOK_CLOSELY));
    }
  }
}
