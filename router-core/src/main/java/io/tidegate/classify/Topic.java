package io.tidegate.classify;

/** What a word of the lexicon speaks of; a word may speak of several. At most 64, so that a set of topics is a {@code long}. */
enum Topic {
  CN_ID, PHONE, CARD, BANK_ACCOUNT, IBAN, PASSPORT, TRAVEL_PERMIT, NATIONAL_ID, SSN, TAX_ID, DRIVER_LICENSE, VIN, PLATE, MEDICAL_RECORD, HEALTH_ID,
  PROVIDER, INSURANCE_POLICY, EMPLOYEE_ID, QQ, WECHAT, USCC, CRYPTO, BIRTH, ADDRESS, PERSON_LABEL, PERSON_TITLE,
  PASSWORD, SECRET, WEAK_KEY, BEARER, BASIC, VENDOR, PEM, SCHEME, DATA_URI, DISEASE, DIAGNOSIS, PATIENT, AT_WORD, IP, WEBHOOK, MONEY;

  /** The set that holds this topic only. */
  long bit() {
    return 1L << ordinal();
  }
}
