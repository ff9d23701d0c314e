package io.tidegate.dispatch.retry;

import org.jspecify.annotations.Nullable;

/** What one loop knows of one upstream for the sake of further attempts. Confined to that loop. */
public final class UpstreamFigures {
  private final @Nullable RetryBudget budget;
  private final @Nullable RetryBudget hedges;
  private final FirstTokenTimes firstTokens;

  UpstreamFigures(RetryTerms terms, long nowNanos) {
    this.budget = terms.bounded() ? new RetryBudget(terms.share(), terms.perSecond() / terms.parts(), terms.windowNanos(), nowNanos) : null;
    this.hedges = terms.hedging().on() ? new RetryBudget(terms.hedging().share(), 0, terms.windowNanos(), nowNanos) : null;
    this.firstTokens = new FirstTokenTimes(nowNanos);
  }

  /** A request came to this upstream for the first time. */
  public void firstAsked(long nowNanos) {
    if (budget != null) {
      budget.deposit(nowNanos);
    }
    if (hedges != null) {
      hedges.deposit(nowNanos);
    }
  }

  /** Whether it may be asked again; that is then paid. */
  public boolean payAgain(long nowNanos) {
    return budget == null || budget.tryWithdraw(nowNanos);
  }

  /** What was paid for was not made. */
  public void payBack(long nowNanos) {
    if (budget != null) {
      budget.giveBack(nowNanos);
    }
  }

  /** Whether a second attempt may be made beside the first: a share of its own, and inside the budget; then paid. */
  public boolean payHedge(long nowNanos) {
    if (hedges == null || !hedges.tryWithdraw(nowNanos)) {
      return false;
    }
    if (payAgain(nowNanos)) {
      return true;
    }
    hedges.giveBack(nowNanos);
    return false;
  }

  /** The second attempt that was paid for was not made. */
  public void hedgeBack(long nowNanos) {
    if (hedges != null) {
      hedges.giveBack(nowNanos);
    }
    payBack(nowNanos);
  }

  public FirstTokenTimes firstTokens() {
    return firstTokens;
  }
}
