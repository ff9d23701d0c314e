package io.tidegate.discovery;

/** A call to Consul that gave nothing usable. Its message holds the kind and a status, never what came over the wire. */
final class ConsulFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final int status;

  ConsulFailure(Kind kind) {
    super(kind.name());
    this.kind = kind;
    this.status = 0;
  }

  ConsulFailure(Kind kind, int status) {
    super(kind + " " + status);
    this.kind = kind;
    this.status = status;
  }

  /** Whether our token may not see what it is asked for: too few rights, or it is not known any more. */
  boolean isForWantOfRights() {
    return kind == Kind.RIGHTS || kind == Kind.STATUS && (status == 403 || status == 401);
  }

  /** What Consul answered, 0 if nothing. */
  int status() {
    return status;
  }

  Kind kind() {
    return kind;
  }

  enum Kind {
    /** Refused, reset, cut or TLS failure. */
    CONNECTION,
    TIMEOUT,
    /** Any status but 200: no leader, no rights, a redirect (never followed, hazard A15). */
    STATUS,
    /** Past the row or byte bound. */
    OVERSIZED,
    BAD_JSON,
    /** Leaderless. */
    DOUBTFUL,
    /** Rows are missing, and what else the answer shows says that it is for want of rights (ACL), not of instances. */
    RIGHTS,
    /** The receiver of the endpoints threw. */
    RECEIVER
  }
}
