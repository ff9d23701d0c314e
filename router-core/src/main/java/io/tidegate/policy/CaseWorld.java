package io.tidegate.policy;

/**
 * The state of everything around the daemon while a request is walked: what a policy test may say under {@code world}, and what
 * {@code tidegate policy prove} enumerates. The words are those of policy files, in lower case with hyphens.
 *
 * @param privateSide how the upstreams of zone PRIVATE behave
 * @param publicSide how those of zone PUBLIC behave
 * @param region how the regions fare that the policy names
 */
public record CaseWorld(Side privateSide, Side publicSide, Consul consul, Cache cache, Audit audit, Region region) {
  /** One in which no region is down. */
  public CaseWorld(Side privateSide, Side publicSide, Consul consul, Cache cache, Audit audit) {
    this(privateSide, publicSide, consul, cache, audit, Region.UP);
  }

  /** Everything works, and the cache is empty. */
  public static final CaseWorld WELL = new CaseWorld(Side.UP, Side.UP, Consul.FRESH, Cache.MISS, Audit.OK);

  /** How the upstreams of one zone behave. */
  public enum Side {
    UP,
    /** Known to be down: every endpoint is ejected. */
    DOWN,
    /** Thought to be up, but refuses every connection. */
    REFUSED,
    /** 503, says that it is busy. */
    BUSY,
    /** 429, asks to wait. */
    LIMITED,
    /** 503, the model is being loaded. */
    LOADING,
    /** Takes the request and says nothing. */
    HANGING,
    /** Closes before the answer is whole; a stream before its first content. */
    RESET,
    /** A stream breaks after its first content. */
    BROKEN_OFF,
    /** Answers with what is no answer. */
    BAD_ANSWER,
    /** Our account there is closed: 401, 402, 403. */
    ACCOUNT_CLOSED
  }

  /** How the regions fare that the policy names; no difference where it names none. */
  public enum Region {
    UP,
    /** Known to be down: every endpoint there is ejected, while a region that no line names is up. */
    DOWN
  }

  /** What discovery knows. */
  public enum Consul {
    FRESH,
    /** It lists an endpoint that has gone. */
    STALE,
    /** It lists nobody. */
    EMPTY
  }

  /** What the edge cache holds. */
  public enum Cache {
    MISS,
    /** The same caller was answered the same request before. */
    HIT,
    /** Another tenant was. */
    OTHER_TENANT,
    /** The caller says {@code no-store}. */
    OFF
  }

  /** How the decision record fares. */
  public enum Audit {
    OK,
    /** Nothing can be written. */
    DOWN,
    /** Written, but not on disk in time. */
    SLOW
  }
}
