package io.tidegate.admission;

import org.jspecify.annotations.Nullable;

/**
 * What a connection alone comes to, before any key.
 *
 * @param alone who the caller is without a key
 * @param tenant the tenant that a rule names for this connection: a key for another tenant contradicts it. Null where no rule names one
 * @param barred rules exist for what the connection shows, and none names it: no key helps
 */
record Standing(Identity alone, @Nullable String tenant, boolean barred) {
  /** A rule names the caller. */
  static Standing named(Identity.Known identity) {
    return new Standing(identity, identity.caller().tenant(), false);
  }

  /** No rule is asked: {@code alone} without a key, and any key counts. */
  static Standing open(Identity alone) {
    return new Standing(alone, null, false);
  }

  static Standing barred(Identity refused) {
    return new Standing(refused, null, true);
  }

  boolean allows(String keyTenant) {
    return !barred && (tenant == null || tenant.equals(keyTenant));
  }

  /** Both a certificate and a user were shown; the certificate says more. */
  Standing and(Standing user, Identity refused) {
    if (barred || user.barred || tenant != null && user.tenant != null && !tenant.equals(user.tenant)) {
      return barred(refused);
    }
    return this;
  }
}
