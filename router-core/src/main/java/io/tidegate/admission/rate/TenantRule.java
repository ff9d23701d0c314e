package io.tidegate.admission.rate;

/**
 * What one tenant may ask for.
 *
 * @param requestsPerSecond 0 for no such limit
 * @param burst requests at once after a pause; at least 1 where a rate is set
 * @param tokensPerMinute input and output together; 0 for no such limit
 */
public record TenantRule(String tenant, int requestsPerSecond, int burst, long tokensPerMinute) {
  public TenantRule {
    if (requestsPerSecond < 0 || tokensPerMinute < 0 || requestsPerSecond > 0 && burst < 1) {
      throw new IllegalArgumentException("a tenant's limits contradict each other");
    }
  }
}
