package io.tidegate.discovery;

/** Why a row of Consul's answer was not used. A closed set: telemetry makes a label of it. */
public enum Drop {
  /** A field is missing, has the wrong type, or a check has an unknown status. */
  MALFORMED,
  /** Ids longer than 128 or not printable ASCII: they go into logs and status pages. */
  BAD_ID,
  /** Node and service id came earlier in the same answer. */
  DUPLICATE,
  BAD_PORT,
  /** Its metadata speaks of a clearance or a model, and cannot be read: it may take less than it would get. */
  BAD_META,
  /** A name, or anything that is no literal IPv4 or IPv6 address, or one that no host can have. */
  NOT_AN_ADDRESS,
  /** The address lies in none of the upstream's networks: someone offers a foreign host as ours (hazard A14). */
  OUTSIDE_NETWORKS
}
