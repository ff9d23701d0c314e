package io.tidegate.assay.proof;

import io.tidegate.model.Likelihood;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What content is, whatever a policy calls it. A policy may be stricter; where it is laxer with one of these, that is a leak. Source: classification.md
 * section 3, the types that decisions 10 makes RESTRICTED at LIKELY and above.
 */
final class Nature {
  private static final Map<String, String> RESTRICTED = new TreeMap<>(Map.ofEntries(
      Map.entry("CN_ID", "identity number of a person"),
      Map.entry("CN_TRAVEL_PERMIT", "identity document of a person"),
      Map.entry("US_SSN", "identity number of a person"),
      Map.entry("NATIONAL_ID", "identity number of a person"),
      Map.entry("TAX_ID", "identity number of a person"),
      Map.entry("PASSPORT", "identity document of a person"),
      Map.entry("DRIVER_LICENSE", "identity document of a person"),
      Map.entry("CN_BANK_CARD", "payment card"),
      Map.entry("CREDIT_CARD", "payment card"),
      Map.entry("IBAN", "bank account"),
      Map.entry("BANK_ACCOUNT", "bank account"),
      Map.entry("MEDICAL_RECORD", "health of a person"),
      Map.entry("HEALTH_ID", "health of a person"),
      Map.entry("HEALTH", "health of a person"),
      Map.entry("BIOMETRIC_ID", "body of a person"),
      Map.entry("STATE_SECRET", "state secret"),
      Map.entry("SECRET", "credential"),
      Map.entry("PASSWORD", "credential"),
      Map.entry("PRIVATE_KEY", "credential"),
      Map.entry("CONNECTION_STRING", "credential")));

  /** What a policy may treat as it sees fit, but its owner should know when it leaves. */
  private static final Set<String> PERSONAL = Set.of("PHONE", "EMAIL", "ADDRESS", "WECHAT_ID", "QQ", "DATE_OF_BIRTH", "LICENSE_PLATE", "VIN", "EMPLOYEE_ID",
      "SALARY", "RELIGION", "POLITICS", "ETHNICITY", "NRP");

  private Nature() {}

  /** Why a finding of {@code type} may never leave; empty if it may, or if it is too weak to say. */
  static Optional<String> restricted(String type, Likelihood likelihood) {
    return likelihood.compareTo(Likelihood.LIKELY) >= 0 ? Optional.ofNullable(RESTRICTED.get(type)) : Optional.empty();
  }

  static boolean personal(String type) {
    return PERSONAL.contains(type);
  }
}
