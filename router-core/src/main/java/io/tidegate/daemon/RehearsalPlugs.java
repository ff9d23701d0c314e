package io.tidegate.daemon;

import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.audit.RehearsedAudit;
import io.tidegate.cache.ExactCache;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.AuditLog;
import io.tidegate.line.RequestEncoder;
import io.tidegate.time.Ticker;
import io.tidegate.upstream.dialect.RequestDialect;

/** Plugs the daemon's own encoder and cache into rehearsals. */
public final class RehearsalPlugs implements RehearsalPorts {
  private static final long CACHE_BYTES = 4 << 20;

  @Override
  public RequestEncoder encoder() {
    return (request, upstream, model) -> RequestDialect.encode(request, upstream, model, "rehearsal");
  }

  @Override
  public AnswerCache cache(Ticker ticker) {
    return new ExactCache(CACHE_BYTES, ticker);
  }

  @Override
  public AuditLog audit() {
    return new RehearsedAudit();
  }
}
