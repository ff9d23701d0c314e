package io.tidegate.admission;

import io.tidegate.admission.CallerRules.UserRule;
import io.tidegate.admission.CallerRules.WorkloadRule;
import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import io.tidegate.model.Peer.Certificate;
import io.tidegate.model.Peer.UnixUser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who a connection's other end is, by the kernel's word or a verified certificate. Thread-safe. */
final class Connections {
  /** Workloads whose rule was looked up; past it the look-up is made each time. */
  private static final int MAX_REMEMBERED = 10_000;

  private final Standing loopback;
  private final Standing elsewhere;
  private final Standing barred;
  private final Identity refused;
  private final boolean usersNamed;
  private final Map<Long, Standing> byUser = new HashMap<>();
  private final Map<Long, Standing> byGroup = new HashMap<>();
  /** The rule that says most first, so that the first match counts. */
  private final List<WorkloadRule> workloads;
  private final Map<String, Standing> byUri = new ConcurrentHashMap<>();

  /** @throws IllegalArgumentException if two rules name the same user, group or pattern; the configuration reports that as a problem */
  Connections(CallerRules rules, Identity refused) {
    this.refused = refused;
    this.loopback = Standing.open(new Identity.Known(Caller.DEFAULT));
    this.elsewhere = Standing.open(refused);
    this.barred = Standing.barred(refused);
    this.usersNamed = !rules.users().isEmpty();
    for (UserRule rule : rules.users()) {
      Map<Long, Standing> where = rule.group() ? byGroup : byUser;
      if (where.put(rule.id(), Standing.named(new Identity.Known(rule.caller()))) != null) {
        throw new IllegalArgumentException("two rules for one user or group");
      }
    }
    List<WorkloadRule> sorted = new ArrayList<>();
    for (WorkloadRule rule : rules.workloads()) {
      int at = 0;
      while (at < sorted.size() && !rule.id().closerThan(sorted.get(at).id())) {
        if (rule.id().equals(sorted.get(at).id())) {
          throw new IllegalArgumentException("two rules for one SPIFFE id");
        }
        at++;
      }
      sorted.add(at, rule);
    }
    this.workloads = List.copyOf(sorted);
  }

  Standing of(Peer peer) {
    UnixUser user = peer.user();
    Certificate certificate = peer.certificate();
    if (certificate == null) {
      return user != null ? of(user) : peer.loopback() ? loopback : elsewhere;
    }
    if (workloads.isEmpty()) {
      // Nobody said who shows which certificate: it lets in nobody, whatever address it comes from.
      return user != null ? of(user) : elsewhere;
    }
    return user == null ? of(certificate) : of(certificate).and(of(user), refused);
  }

  private Standing of(UnixUser user) {
    if (!usersNamed) {
      String name = "uid-" + user.uid();
      return Standing.open(new Identity.Known(new Caller(name, name)));
    }
    Standing standing = byUser.get(user.uid());
    return standing != null ? standing : byGroup.getOrDefault(user.gid(), barred);
  }

  private Standing of(Certificate certificate) {
    // A workload's certificate has exactly one URI (SPIFFE X.509-SVID, section 2): with two, which one is it?
    if (!certificate.workload() || certificate.uris().size() != 1) {
      return barred;
    }
    String uri = certificate.uris().get(0);
    Standing known = byUri.get(uri);
    if (known == null) {
      known = SpiffeId.parse(uri).map(this::of).orElse(barred);
      if (byUri.size() < MAX_REMEMBERED) {
        byUri.put(uri, known);
      }
    }
    return known;
  }

  private Standing of(SpiffeId id) {
    for (WorkloadRule rule : workloads) {
      if (rule.id().matches(id)) {
        return Standing.named(new Identity.Known(rule.caller()));
      }
    }
    return barred;
  }
}
