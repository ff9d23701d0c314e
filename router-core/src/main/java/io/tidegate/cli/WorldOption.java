package io.tidegate.cli;

import io.tidegate.policy.CaseWorld;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code private=down,public=busy}: the words of a policy test's {@code world}. */
final class WorldOption {
  private WorldOption() {}

  /** The state; empty after a message. */
  static Optional<CaseWorld> parse(List<String> parts, PrintStream err) {
    CaseWorld world = CaseWorld.WELL;
    for (String part : parts) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String state = equals < 0 ? "" : part.substring(equals + 1);
      CaseWorld was = world;
      Optional<CaseWorld> now = switch (name) {
        case "private" -> word(CaseWorld.Side.class, name, state, err).map(side -> new CaseWorld(side, was.publicSide(), was.consul(), was.cache(), was.audit(), was.region()));
        case "public" -> word(CaseWorld.Side.class, name, state, err).map(side -> new CaseWorld(was.privateSide(), side, was.consul(), was.cache(), was.audit(), was.region()));
        case "consul" -> word(CaseWorld.Consul.class, name, state, err)
            .map(consul -> new CaseWorld(was.privateSide(), was.publicSide(), consul, was.cache(), was.audit(), was.region()));
        case "cache" -> word(CaseWorld.Cache.class, name, state, err)
            .map(cache -> new CaseWorld(was.privateSide(), was.publicSide(), was.consul(), cache, was.audit(), was.region()));
        case "audit" -> word(CaseWorld.Audit.class, name, state, err)
            .map(audit -> new CaseWorld(was.privateSide(), was.publicSide(), was.consul(), was.cache(), audit, was.region()));
        case "region" -> word(CaseWorld.Region.class, name, state, err)
            .map(region -> new CaseWorld(was.privateSide(), was.publicSide(), was.consul(), was.cache(), was.audit(), region));
        default -> {
          err.println("--world: a part of the world is private, public, consul, cache, audit or region. Fix: write for example private=down");
          yield Optional.empty();
        }
      };
      if (now.isEmpty()) {
        return now;
      }
      world = now.get();
    }
    return Optional.of(world);
  }

  private static <E extends Enum<E>> Optional<E> word(Class<E> type, String name, String state, PrintStream err) {
    List<E> all = Arrays.asList(type.getEnumConstants());
    Optional<E> found = all.stream().filter(constant -> words(constant).equals(state)).findFirst();
    if (found.isEmpty()) {
      err.println("--world: " + name + " is one of " + String.join(", ", all.stream().map(WorldOption::words).toList()));
    }
    return found;
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
