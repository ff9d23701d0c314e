package io.tidegate.admin;

import java.util.List;

/**
 * Who is let in where.
 *
 * @param allowedHosts names a Host header may carry beside those of loopback and the listener's own address, lower case, without port (D8)
 */
public record AdminRules(List<String> allowedHosts, Operators operators) {
  /** Loopback's names only, and nobody acts. */
  public static final AdminRules DEFAULT = new AdminRules(List.of(), Operators.NONE);

  public AdminRules {
    allowedHosts = List.copyOf(allowedHosts);
  }
}
