package io.tidegate.net;

import io.netty.handler.ssl.SslContext;
import io.tidegate.admission.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of a mesh, made anew for each certificate: a new connection gets the newest, and those that stand keep theirs, so that a rotation
 * drops nothing. Sessions do not outlive a context, so none made with an old certificate is resumed under a new one. Any thread.
 */
public final class WorkloadContexts {
  private final List<Side> sides = new ArrayList<>();
  private @Nullable WorkloadIdentity identity;

  /** For a listener: callers are workloads of our own trust domain. */
  public synchronized TlsSource server() {
    return added(new Side(true, (own, other) -> own.trustDomain().equals(other.trustDomain())));
  }

  /** For connections to those workloads that {@code wanted} says, given our own id. */
  public synchronized TlsSource client(BiPredicate<SpiffeId, SpiffeId> wanted) {
    return added(new Side(false, wanted));
  }

  private TlsSource added(Side side) {
    WorkloadIdentity now = identity;
    if (now != null) {
      side.context = side.make(now);
    }
    sides.add(side);
    return side;
  }

  /** From here on new connections use this. @throws IllegalArgumentException if no context can be made of it; then all stays as it was */
  public synchronized void replace(WorkloadIdentity next) {
    List<SslContext> made = new ArrayList<>();
    for (Side side : sides) {
      made.add(side.make(next));
    }
    for (int i = 0; i < made.size(); i++) {
      sides.get(i).context = made.get(i);
    }
    identity = next;
  }

  /** Null before the first. */
  public synchronized @Nullable WorkloadIdentity identity() {
    return identity;
  }

  private static final class Side implements TlsSource {
    private final boolean listens;
    private final BiPredicate<SpiffeId, SpiffeId> wanted;
    private volatile @Nullable SslContext context;

    Side(boolean listens, BiPredicate<SpiffeId, SpiffeId> wanted) {
      this.listens = listens;
      this.wanted = wanted;
    }

    @Override
    public @Nullable SslContext current() {
      return context;
    }

    SslContext make(WorkloadIdentity own) {
      Predicate<SpiffeId> others = other -> wanted.test(own.id(), other);
      try {
        WorkloadTrust trust = new WorkloadTrust(own.roots(), others);
        return listens ? TlsContexts.server(own, trust, true) : TlsContexts.client(own, trust, false);
      } catch (GeneralSecurityException | IOException unusable) {
        throw new IllegalArgumentException("no TLS context can be made of this certificate", unusable);
      }
    }
  }
}
