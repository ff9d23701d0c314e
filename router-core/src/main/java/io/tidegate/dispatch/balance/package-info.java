/**
 * Ways to choose one of an upstream's endpoints: pure, and without allocation once they are made.
 *
 * <p>Comes in: the endpoints as {@link io.tidegate.dispatch.balance.Targets} shows them, numbers drawn from a request, chance as a generator. Goes out:
 * an index, or -1. Never does: keep text of a request (keyed hashes only, G3), choose an endpoint that is not among the targets (G1).
 *
 * <p>Rows R4.1 … R4.10: {@code SmoothWheelTest}, {@code TwoChoicesTest}, {@code MaglevTest}, {@code SessionKeyTest}, {@code PrefixTraceTest},
 * {@code OutliersTest}, {@code BalancerMethodsTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.dispatch.balance;
