package io.tidegate.policy;

import java.util.Set;
import java.util.TreeSet;

/**
 * The entity types that the built-in detectors may report. A name outside this list and outside a policy's own {@code detectors} and {@code types}
 * is a problem: a rule on a misspelt type would never fire, and nobody would notice.
 */
public final class EntityTypes {
  /** Sorted. */
  public static final Set<String> BUILT_IN = java.util.Collections.unmodifiableSet(new TreeSet<>(Set.of(
      "CN_ID", "CN_BANK_CARD", "CN_TRAVEL_PERMIT", "CN_USCC", "CREDIT_CARD", "PASSPORT", "IBAN", "BANK_ACCOUNT", "US_SSN", "NATIONAL_ID", "TAX_ID",
      "DRIVER_LICENSE", "MEDICAL_RECORD", "HEALTH_ID", "HEALTH", "BIOMETRIC_ID", "STATE_SECRET",
      "SECRET", "PASSWORD", "PRIVATE_KEY", "CONNECTION_STRING",
      "PHONE", "EMAIL", "ADDRESS", "DATE_OF_BIRTH", "LICENSE_PLATE", "EMPLOYEE_ID", "SALARY", "WECHAT_ID", "QQ", "VIN", "PROVIDER_ID",
      "INSURANCE_POLICY_NUMBER", "PERFORMANCE_REVIEW", "DISCIPLINARY", "TERMINATION", "CONTRACT_NUMBER", "PRIVILEGED", "COURT_CASE_NUMBER", "DOCKET_NUMBER", "BAR_NUMBER", "RELIGION", "POLITICS", "ETHNICITY", "NRP",
      "PERSON", "USERNAME", "IP_ADDRESS", "MAC_ADDRESS", "JOB_TITLE", "ORGANIZATION", "URL", "INVOICE_NUMBER", "ABA_ROUTING_NUMBER",
      "SWIFT_BIC_CODE", "CRYPTO_WALLET", "COORDINATES", "LOCATION", "POSTAL_CODE", "DATE_TIME", "AGE", "TITLE")));

  private EntityTypes() {}
}
