/**
 * The texts a security team writes, made into one immutable {@link io.tidegate.policy.PolicyBundle} that judges requests.
 *
 * <p>Comes in: policy files as bytes; later, {@link io.tidegate.policy.Facts} of a request. Goes out: a bundle named by its digest, or problems
 * with file, line, column and fix; later, a {@link io.tidegate.policy.Verdict}. Never does: I/O, clocks, threads, reading a prompt's text, and never
 * throws at a request.
 *
 * <p>Guarantees: rules only raise and their order cannot matter (BundlePropertyTest); what errs counts as matched and what cannot be judged is
 * RESTRICTED (G2, PolicyBundleTest); every mistake in a file is a problem, all at once (BrokenPolicyTest); expression, pattern and file sizes are
 * bounded, patterns are linear-time (G8); a file that was cut, garbled or swapped gives no bundle, or none that is laxer than the one in force (hazard K3,
 * PolicyFuzzPropertyTest, SuccessionTest). CEL is loaded only if a rule has a condition (LazyCelTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.policy;
