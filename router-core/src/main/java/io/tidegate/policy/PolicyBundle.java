package io.tidegate.policy;

/** The compiled, immutable policy: what it says depends on its texts and the facts only. Thread-safe. */
public final class PolicyBundle {
  private PolicyBundle() {}

  /** SHA-256 over the policy texts, lower-case hex; names the bundle in answers and records (G6). */
  public String digest() {
    throw new UnsupportedOperationException("policy: in work");
  }

  /** Names and revisions of the policies in it, e.g. {@code corp-baseline@41}. */
  public String version() {
    throw new UnsupportedOperationException();
  }

  /** Judges one request. Never throws: a rule that errs counts as matched (G2). */
  public Verdict judge(Facts facts) {
    throw new UnsupportedOperationException();
  }
}
