package io.tidegate.assay;

import io.tidegate.model.Destination;
import io.tidegate.model.Residency;
import io.tidegate.model.Transformation;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.Verdict;
import io.tidegate.policy.Verdict.CacheRights;
import io.tidegate.policy.Verdict.Replay;
import io.tidegate.policy.Verdict.Semantic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a request fares under a second verdict, compared with a first: in which respects more laxly, in which more strictly, in words.
 *
 * <p>Laxer is: a lower sensitivity; a destination more, or one reached in more states of the world, or with less done to the text first; a cache right more;
 * a weaker audit duty; a region more; more links left in the answer. A treatment may be both laxer and stricter, and is then laxer to whoever must approve it.
 */
record Treatment(List<String> laxer, List<String> stricter) {
  Treatment {
    laxer = List.copyOf(laxer);
    stricter = List.copyOf(stricter);
  }

  static Treatment of(Verdict before, Verdict after) {
    List<String> laxer = new ArrayList<>();
    List<String> stricter = new ArrayList<>();
    int sensitivity = after.sensitivity().compareTo(before.sensitivity());
    if (sensitivity != 0) {
      (sensitivity < 0 ? laxer : stricter).add(before.sensitivity() + " becomes " + after.sensitivity());
    }
    handling(before, after, laxer, stricter);
    return new Treatment(laxer, stricter);
  }

  /** The same without the sensitivity: what is done, not what it is called. */
  static Treatment ofHandling(Verdict before, Verdict after) {
    List<String> laxer = new ArrayList<>();
    List<String> stricter = new ArrayList<>();
    handling(before, after, laxer, stricter);
    return new Treatment(laxer, stricter);
  }

  private static void handling(Verdict before, Verdict after, List<String> laxer, List<String> stricter) {
    for (Destination destination : Destination.values()) {
      List<Access> had = accesses(before.steps(), destination);
      List<Access> has = accesses(after.steps(), destination);
      compare(destination, had, has, laxer, "opens", "is used in more cases");
      compare(destination, has, had, stricter, "closes", "is used in fewer cases");
    }
    cache(before.cacheRights(), after.cacheRights(), laxer, stricter);
    if (before.links() != after.links()) {
      (after.links().compareTo(before.links()) < 0 ? laxer : stricter).add("links in answers: " + after.links() + ", not " + before.links());
    }
    Residency was = before.residency();
    Residency is = after.residency();
    if (!is.within(was)) {
      laxer.add("may be worked on in: " + is + "; was: " + was);
    } else if (!was.within(is)) {
      stricter.add("may be worked on in: " + is + "; was: " + was);
    }
    if (before.auditDurable() != after.auditDurable()) {
      (before.auditDurable() ? laxer : stricter).add(before.auditDurable() ? "the record need not be on disk before a public send"
          : "the record must be on disk before a public send");
    }
  }

  private static void compare(Destination destination, List<Access> base, List<Access> other, List<String> into, String opens, String more) {
    for (Access access : other) {
      if (base.stream().noneMatch(access::within)) {
        String how = access.after == null ? "" : " after " + access.after.name().toLowerCase(Locale.ROOT);
        into.add(destination + (base.isEmpty() ? " " + opens : " " + more) + how);
      }
    }
  }

  private static void cache(CacheRights before, CacheRights after, List<String> laxer, List<String> stricter) {
    right("answers are read from the cache", before.read(), after.read(), laxer, stricter);
    right("answers are stored in the cache", before.store(), after.store(), laxer, stricter);
    boolean both = before.store() && after.store();
    right("answers to sampled requests are stored too", before.sampled() && before.store(), after.sampled() && after.store(), laxer, stricter);
    if (both && before.ttlSeconds() != after.ttlSeconds()) {
      (after.ttlSeconds() > before.ttlSeconds() ? laxer : stricter).add("cached answers are kept " + after.ttlSeconds() + " s, not " + before.ttlSeconds()
          + " s");
    }
    if (both && before.staleSeconds() != after.staleSeconds()) {
      (after.staleSeconds() > before.staleSeconds() ? laxer : stricter).add("cached answers are given for " + after.staleSeconds()
          + " s after their time, not " + before.staleSeconds() + " s");
    }
    if (both && before.errorSeconds() != after.errorSeconds()) {
      (after.errorSeconds() > before.errorSeconds() ? laxer : stricter).add("where the origin fails cached answers are given for " + after.errorSeconds()
          + " s after their time, not " + before.errorSeconds() + " s");
    }
    right("cached answers may be kept outside of the process, sealed", before.outside() && before.store(), after.outside() && after.store(), laxer, stricter);
    if (both && (before.replay() == Replay.AS_ORIGIN) != (after.replay() == Replay.AS_ORIGIN)) {
      (before.replay() == Replay.AS_ORIGIN ? laxer : stricter).add(before.replay() == Replay.AS_ORIGIN ? "it can be timed whether an answer was cached"
          : "it can no longer be timed whether an answer was cached");
    }
    if (both) {
      otherWords(before.semantic(), after.semantic(), laxer, stricter);
    }
    if (both && !before.sharingGroup().equals(after.sharingGroup())) {
      // From a group back to the tenant alone is the only change that shares with nobody new.
      boolean narrower = after.sharingGroup().startsWith("tenant:");
      (narrower ? stricter : laxer).add("cached answers are shared inside " + after.sharingGroup() + ", not " + before.sharingGroup());
    }
  }

  /** Only what is served counts: a policy that watches gives nobody another's answer. */
  private static void otherWords(@Nullable Semantic before, @Nullable Semantic after, List<String> laxer, List<String> stricter) {
    boolean did = before != null && before.mode() == Semantic.Mode.SERVE;
    boolean does = after != null && after.mode() == Semantic.Mode.SERVE;
    right("questions that ask the same in other words get the cached answer", did, does, laxer, stricter);
    if (did && does && before.threshold() != after.threshold()) {
      (after.threshold() < before.threshold() ? laxer : stricter).add("they must be alike by " + after.threshold() + ", not " + before.threshold());
    }
  }

  private static void right(String what, boolean before, boolean after, List<String> laxer, List<String> stricter) {
    if (before != after) {
      (after ? laxer : stricter).add(after ? what : "no longer: " + what);
    }
  }

  /**
   * One way to a destination.
   *
   * @param reach in how many states of the world it is used; only told apart for PUBLIC, since nothing is lost at home
   */
  private record Access(int reach, @Nullable Transformation after) {
    boolean within(Access other) {
      return reach <= other.reach && openness(after) <= openness(other.after);
    }

    /** What is left in the text: nothing, a part, a stand-in that keeps what belongs together, all. */
    private static int openness(@Nullable Transformation after) {
      if (after == null) {
        return 3;
      }
      return switch (after) {
        case REDACT -> 0;
        case MASK -> 1;
        case PSEUDONYMISE -> 2;
      };
    }
  }

  private static List<Access> accesses(List<RouteStep> steps, Destination destination) {
    List<Access> accesses = new ArrayList<>();
    boolean first = true;
    for (RouteStep step : steps) {
      if (step.to() == destination) {
        int reach = destination != Destination.PUBLIC || first ? 3 : switch (step.when()) {
          case ALWAYS -> 2;
          case BUSY -> 1;
          case DOWN -> 0;
        };
        accesses.add(new Access(reach, step.after()));
      }
      // What needs a transformation may turn out closed, and the cache may miss: what comes next is then first.
      first &= step.to() == Destination.EDGE_CACHE || step.after() != null;
    }
    return accesses;
  }

  boolean same() {
    return laxer.isEmpty() && stricter.isEmpty();
  }
}
