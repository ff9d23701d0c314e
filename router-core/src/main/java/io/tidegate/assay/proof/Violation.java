package io.tidegate.assay.proof;

/** What must never be seen, in the order in which a report shows it. */
enum Violation {
  RESTRICTED_LEFT("restricted content was sent to a PUBLIC upstream"),
  CONFIDENTIAL_LEFT("confidential content was sent to a PUBLIC upstream as it stood"),
  OTHER_REGION("content was sent to a region that the policy does not permit"),
  UNRECORDED("a PUBLIC upstream was sent a request without its decision record"),
  OTHER_TENANT("a tenant was given the cached answer of another"),
  CACHED("restricted content's answer was kept in the edge cache, which no line of the policy allows"),
  WIDENED("everybody's unmarked text is PUBLIC without a grant"),
  /** The second lock of the decider held; the policy, or the catalog, did not. */
  HELD_BACK("the route offered a PUBLIC upstream what may not leave; only the last lock held it back"),
  NOT_ONE_ANSWER("the caller did not get exactly one answer"),
  DEFECT("the router failed on the request");

  private final String words;

  Violation(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
