package io.tidegate.assay.world;

import io.tidegate.line.AnswerCache;
import io.tidegate.line.AuditLog;
import io.tidegate.line.RequestEncoder;
import io.tidegate.time.Ticker;

/** What a rehearsal borrows from the edges, so that it walks the daemon's own code; plugged by {@code daemon}. */
public interface RehearsalPorts {
  /** The daemon's encoder of requests. */
  RequestEncoder encoder();

  /** An empty cache of the daemon's kind. */
  AnswerCache cache(Ticker ticker);

  /** Keeps records in memory for the length of one walk, and gives receipts for them. */
  AuditLog audit();
}
