package io.tidegate.daemon;

import io.tidegate.daemon.regions.Regional;
import io.tidegate.ingress.Callers;
import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is calling; where nobody speaks of regions. */
class Asking implements Callers {
  /** Replaced as a whole by a reload; a request reads it once. */
  private volatile io.tidegate.admission.Callers admission;

  Asking(io.tidegate.admission.Callers admission) {
    this.admission = admission;
  }

  static Asking of(io.tidegate.admission.Callers admission, @Nullable Regional regional) {
    return regional == null ? new Asking(admission) : new FromRegions(admission, regional);
  }

  /** From the next request on. Any thread. */
  void replace(io.tidegate.admission.Callers next) {
    admission = next;
  }

  @Override
  public @Nullable Caller identify(Peer peer, @Nullable String key) {
    return admission.identify(Optional.ofNullable(key), peer).<@Nullable Caller>fold(caller -> caller, refused -> null);
  }

  /** And where from. */
  private static final class FromRegions extends Asking {
    private final Regional regional;

    FromRegions(io.tidegate.admission.Callers admission, Regional regional) {
      super(admission);
      this.regional = regional;
    }

    @Override
    public boolean regional() {
      return true;
    }

    @Override
    public String region(@Nullable SocketAddress remote, @Nullable String forwarded) {
      return regional.region(remote, forwarded);
    }
  }
}
