package io.tidegate.lab.e2e;

/** What a soak does to a daemon, one at a time. */
enum SoakFault {
  ENDPOINT_REFUSES, ENDPOINT_HANGS, BUSY_503, LIMITED_429, RESET_IN_STREAM, CONSUL_AWAY, POLICY_GOOD, POLICY_BAD, RECORDS_FULL, CALLERS_LEAVE
}
