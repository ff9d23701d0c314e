package io.tidegate.assay.proof;

import io.tidegate.assay.world.World;
import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.CaseWorld.Audit;
import io.tidegate.policy.CaseWorld.Cache;
import io.tidegate.policy.CaseWorld.Consul;
import io.tidegate.policy.CaseWorld.Side;
import java.util.ArrayList;
import java.util.List;

/** The states of the world that a proof goes through. */
final class Worlds {
  private static final List<Side> FAILING = List.of(Side.REFUSED, Side.BUSY, Side.LIMITED, Side.LOADING, Side.HANGING, Side.RESET, Side.BROKEN_OFF,
      Side.BAD_ANSWER, Side.ACCOUNT_CLOSED);

  private Worlds() {}

  /** How a side may fare: its state, and after how many failed attempts it answers. */
  private record Fate(Side side, int fails) {}

  private static List<Fate> fates() {
    List<Fate> fates = new ArrayList<>(List.of(new Fate(Side.UP, 0), new Fate(Side.DOWN, World.ALL)));
    FAILING.forEach(side -> fates.add(new Fate(side, World.ALL)));
    // The ways to go on after one failure: out at once, aside for a while, one more against it.
    List.of(Side.REFUSED, Side.BUSY, Side.HANGING).forEach(side -> fates.add(new Fate(side, 1)));
    return fates;
  }

  /** All that there are. @param regions whether the policy speaks of regions: then each once more with one down */
  static List<World> every(boolean regions) {
    return withRegions(product(fates(), List.of(Consul.values()), List.of(Cache.values()), List.of(Audit.values())), regions);
  }

  private static List<World> withRegions(List<World> worlds, boolean regions) {
    if (!regions) {
      return worlds;
    }
    List<World> all = new ArrayList<>(worlds);
    for (World world : worlds) {
      CaseWorld state = world.state();
      all.add(new World(new CaseWorld(state.privateSide(), state.publicSide(), state.consul(), state.cache(), state.audit(), CaseWorld.Region.DOWN),
          world.privateFails(), world.publicFails()));
    }
    return all;
  }

  /** The most telling: each way a side can fail to the end, and each state of cache, record and discovery, against both sides being well. */
  static List<World> telling(boolean regions) {
    List<World> worlds = new ArrayList<>(product(List.of(new Fate(Side.UP, 0), new Fate(Side.DOWN, World.ALL), new Fate(Side.REFUSED, World.ALL),
        new Fate(Side.BUSY, World.ALL), new Fate(Side.HANGING, World.ALL)), List.of(Consul.FRESH), List.of(Cache.MISS), List.of(Audit.OK)));
    for (Fate fate : List.of(new Fate(Side.UP, 0), new Fate(Side.DOWN, World.ALL))) {
      worlds.add(world(fate, new Fate(Side.UP, 0), Consul.FRESH, Cache.MISS, Audit.DOWN));
      worlds.add(world(fate, new Fate(Side.UP, 0), Consul.FRESH, Cache.HIT, Audit.OK));
      worlds.add(world(fate, new Fate(Side.UP, 0), Consul.FRESH, Cache.OTHER_TENANT, Audit.OK));
      worlds.add(world(fate, new Fate(Side.UP, 0), Consul.EMPTY, Cache.MISS, Audit.OK));
    }
    return withRegions(worlds, regions);
  }

  private static List<World> product(List<Fate> fates, List<Consul> consuls, List<Cache> caches, List<Audit> audits) {
    List<World> worlds = new ArrayList<>();
    for (Fate home : fates) {
      for (Fate away : fates) {
        for (Consul consul : consuls) {
          for (Cache cache : caches) {
            for (Audit audit : audits) {
              worlds.add(world(home, away, consul, cache, audit));
            }
          }
        }
      }
    }
    return worlds;
  }

  private static World world(Fate home, Fate away, Consul consul, Cache cache, Audit audit) {
    return new World(new CaseWorld(home.side(), away.side(), consul, cache, audit), home.fails(), away.fails());
  }
}
