package io.tidegate.line;

import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which endpoint of an upstream one request's next attempt goes to, and a place there. Confined to its walk's loop. */
final class Picking {
  private static final AttemptFailure FULL = AttemptFailure.of(Kind.POOL_FULL);
  /** Others may be quicker so often; then it is full. */
  private static final int MOST_LOOKS = 8;

  private final Rooms rooms;
  private final ModelRequest request;
  private final Loop loop;
  private final Sensitivity sensitivity;
  private final LatencyClass latencyClass;
  /** Whether it leaves free what is kept for those who wait at a screen. */
  private final boolean batch;
  /** Whether a place is kept for this request where it picks now. */
  private boolean called;
  private @Nullable AttemptFailure whyNone;
  /** Made when an endpoint says what it takes: most never do. */
  private @Nullable Suiting suiting;
  /** The first endpoint of this upstream that was tried; null before. */
  private @Nullable String first;
  /** All that were tried, made when a second pick asks: most requests need one. */
  private @Nullable Set<String> tried;
  /** A refused stream's endpoint, which may be asked again at once. */
  private @Nullable String again;
  /** Taken by the last pick, until its attempt has it. */
  private @Nullable Permit permit;

  Picking(Rooms rooms, ModelRequest request, Sensitivity sensitivity, LatencyClass latencyClass, Loop loop) {
    this.sensitivity = sensitivity;
    this.latencyClass = latencyClass;
    this.batch = latencyClass == LatencyClass.BATCH;
    this.rooms = rooms;
    this.request = request;
    this.loop = loop;
  }

  /**
   * An endpoint, with a place kept there that {@link #taken} gives.
   *
   * @param room of those who wait, behind whom a newcomer stands; null for who is no newcomer, or where there is no room
   * @param beforehand whether the request was called for a place there, which is kept for it until it has it
   */
  Optional<Endpoint> pick(Candidate candidate, @Nullable WaitingRoom room, boolean beforehand) {
    String place = candidate.place();
    called = beforehand;
    for (int look = 0; look < MOST_LOOKS; look++) {
      if (!called && (room != null && isBehind(room, place) || batch && rooms.health().places().keptFromBatches(place))) {
        whyNone = FULL;
        return Optional.empty();
      }
      Optional<Endpoint> endpoint = choose(candidate);
      if (endpoint.isEmpty()) {
        whyNone = rooms.health().whyNone(place, called);
        if (look == 0 && whyNone.kind() == Kind.CONNECT_REFUSED && triedNone() && rooms.health().isOpen(place) && !nobodyTakes(candidate)) {
          // It opened between the two: full or down a moment ago, and neither now.
          continue;
        }
        return endpoint;
      }
      permit = rooms.health().places().admit(endpoint.get(), called, batch);
      if (permit != null) {
        return endpoint;
      }
      // Another loop took the last place between the two, or it is kept for another: the next look sees that.
      whyNone = FULL;
    }
    return Optional.empty();
  }

  /**
   * Whether what is free at {@code place} is another's, who waits for it. Nobody stands behind others where nothing is free: why that is, the place itself says.
   * Where endpoints take different requests, who waits may wait for another one.
   */
  private boolean isBehind(WaitingRoom room, String place) {
    return room.isAhead(place, latencyClass) && rooms.health().places().free(place) > 0 && Suiting.alike(rooms.health().at(place));
  }

  /** Why the last {@link #pick} gave none. */
  AttemptFailure whyNone() {
    return Objects.requireNonNull(whyNone);
  }

  private Optional<Endpoint> choose(Candidate candidate) {
    String place = candidate.place();
    Balancer balancer = rooms.balancers().get(loop.index());
    Optional<Endpoint> endpoint = suited(balancer, candidate, place);
    String refusedThere = again;
    again = null;
    if (endpoint.isEmpty() && refusedThere != null && first != null && tried().remove(refusedThere)) {
      endpoint = suited(balancer, candidate, place);
    }
    return endpoint;
  }

  /** One that takes the request, by its own word. */
  private Optional<Endpoint> suited(Balancer balancer, Candidate candidate, String place) {
    String model = candidate.model();
    Set<String> left = rooms.health().anyHints() ? suiting().leaving(tried(), place, model) : tried();
    Optional<Endpoint> endpoint = balancer.pick(place, left, request, model, called);
    while (endpoint.isPresent() && endpoint.get().hints() != Hints.NONE && !suiting().takes(endpoint.get(), model)) {
      // It came, or changed its word, between the two looks.
      left = new HashSet<>(left);
      left.add(endpoint.get().id());
      endpoint = balancer.pick(place, left, request, model, called);
    }
    return endpoint;
  }

  /** Whether nobody at this candidate's place takes the request, whoever is well there. */
  boolean nobodyTakes(Candidate candidate) {
    return rooms.health().anyHints() && suiting().nobodyTakes(candidate.place(), candidate.model());
  }

  private Suiting suiting() {
    Suiting known = suiting;
    if (known == null) {
      known = new Suiting(rooms, request, sensitivity);
      suiting = known;
    }
    return known;
  }

  private Set<String> tried() {
    Set<String> all = tried;
    if (all != null) {
      return all;
    }
    if (first == null) {
      return Set.of();
    }
    all = new HashSet<>(4);
    all.add(first);
    tried = all;
    return all;
  }

  /** The place that the last pick took: from here on its attempt gives it back. */
  Permit taken(Endpoint at) {
    Permit place = permit;
    if (place == null) {
      throw new IllegalStateException("no attempt without a permit");
    }
    permit = null;
    if (first == null) {
      first = at.id();
    } else {
      tried().add(at.id());
    }
    return place;
  }

  /** It certainly was not begun on there: may be asked again if nobody else is left. */
  void mayBeAskedAgain(String endpointId) {
    again = endpointId;
  }

  boolean triedNone() {
    return first == null || tried != null && tried.isEmpty();
  }

  /** Another upstream's turn, or the same one's once more. */
  void anew() {
    first = null;
    tried = null;
  }

  /** Gives back what no attempt took: a defect between a pick and its attempt. */
  void close() {
    Permit place = permit;
    if (place != null) {
      permit = null;
      place.close(Ending.OTHER, loop.nanos());
    }
  }
}
