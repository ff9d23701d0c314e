package io.tidegate.cost;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.Set;

/**
 * {@code 1 − cost(with)/cost(without)} of a workload, by cause (R2.8). Without means: every request is a call of its own to the reference, at its price, with
 * nothing in its cache, at the time at which it was answered. The causes are taken off one after the other, in their order here, so that they add up exactly; one may be
 * negative, such as a target that is dearer than the reference. Not thread-safe.
 */
public final class CostReport {
  /** Why a call costs less, or is not made. */
  public enum Cause { CACHE, DEDUPE, TARGET, PREFIX, TARIFF }

  private final Map<String, Price> prices;
  private final Price reference;
  private final Map<Cause, Double> saved = new EnumMap<>(Cause.class);
  private final Map<Cause, Long> answers = new EnumMap<>(Cause.class);
  private final Set<String> unpriced = new TreeSet<>();
  private double without;
  private double with;
  private long count;

  /** @throws IllegalArgumentException if the reference has no price */
  public CostReport(Iterable<Price> table, String reference) {
    prices = new LinkedHashMap<>();
    table.forEach(price -> prices.put(price.upstream(), price));
    Price given = prices.get(reference);
    if (given == null) {
      throw new IllegalArgumentException("there is no price of " + reference);
    }
    this.reference = given;
  }

  public void add(Answered answer) {
    double full = reference.of(answer.inputTokens(), 0, answer.outputTokens(), answer.at());
    Price price = prices.get(answer.upstream());
    if (price == null && !answer.fromCache() && !answer.shared()) {
      unpriced.add(answer.upstream());
      return;
    }
    count++;
    without += full;
    if (answer.fromCache() || answer.shared() || price == null) {
      save(answer.fromCache() ? Cause.CACHE : Cause.DEDUPE, full);
      return;
    }
    double there = price.of(answer.inputTokens(), 0, answer.outputTokens(), answer.at());
    double hit = price.of(answer.inputTokens(), answer.cachedTokens(), answer.outputTokens(), answer.at());
    double paid = answer.job() ? hit * price.batchPercent() / 100 : hit;
    save(Cause.TARGET, full - there);
    save(Cause.PREFIX, there - hit);
    save(Cause.TARIFF, hit - paid);
    with += paid;
  }

  private void save(Cause cause, double amount) {
    if (amount != 0) {
      saved.merge(cause, amount, Double::sum);
      answers.merge(cause, 1L, Long::sum);
    }
  }

  /** Answers that were counted. */
  public long count() {
    return count;
  }

  public double without() {
    return without;
  }

  public double with() {
    return with;
  }

  /** {@code 1 − with/without}; 0 of nothing. */
  public double share() {
    return without == 0 ? 0 : 1 - with / without;
  }

  /** Of {@link #share}, what this cause took; all causes add up to it. */
  public double share(Cause cause) {
    return without == 0 ? 0 : saved.getOrDefault(cause, 0.0) / without;
  }

  /** Answers whose cost the cause changed. */
  public long answers(Cause cause) {
    return answers.getOrDefault(cause, 0L);
  }

  /** Upstreams whose answers were left out, as no price is known. */
  public Set<String> unpriced() {
    return Set.copyOf(unpriced);
  }
}
