package io.tidegate.lab.e2e;

import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what became of the rows, by file and by type, and writes both as Markdown. Used by one thread. */
final class AccuracyTable {
  /** The types that make a row restricted by the corpora's yardstick. */
  static final Set<String> RESTRICTED = Set.of("US_SSN", "CN_ID", "CN_BANK_CARD", "CREDIT_CARD", "PASSPORT", "IBAN", "BANK_ACCOUNT", "NATIONAL_ID", "TAX_ID",
      "DRIVER_LICENSE", "MEDICAL_RECORD", "HEALTH_ID", "HEALTH", "BIOMETRIC_ID", "SECRET", "PASSWORD", "PRIVATE_KEY", "CONNECTION_STRING", "CN_TRAVEL_PERMIT");
  /** The types that make one confidential. */
  static final Set<String> CONFIDENTIAL = Set.of("PHONE", "EMAIL", "ADDRESS", "DATE_OF_BIRTH", "LICENSE_PLATE", "EMPLOYEE_ID", "SALARY", "WECHAT_ID", "QQ", "VIN", "CN_USCC",
      "PROVIDER_ID", "INSURANCE_POLICY_NUMBER", "NRP");

  private final Map<String, PerFile> files = new LinkedHashMap<>();
  private final Map<String, PerType> restrictedTypes = new TreeMap<>();
  private final Map<String, PerType> confidentialTypes = new TreeMap<>();

  private static final class PerFile {
    int rows;
    int restricted;
    int lower;
    int outside;
    int proven;
    int provenOutside;
    int confidential;
    int confidentialOutside;
    int negatives;
    int raised;
    int raisedToRestricted;
  }

  private static final class PerType {
    int rows;
    int held;
    int alone;
    int aloneHeld;
    int provenAlone;
    int provenAloneHeld;
  }

  void add(CorpusRow row, Sensitivity said, Destination went) {
    PerFile file = files.computeIfAbsent(row.file(), name -> new PerFile());
    boolean held = said == Sensitivity.RESTRICTED;
    boolean outside = went == Destination.PUBLIC;
    file.rows++;
    if (row.restricted()) {
      boolean proven = ProvableValue.anyIn(row, type -> true);
      file.restricted++;
      file.lower += held ? 0 : 1;
      file.outside += outside ? 1 : 0;
      file.proven += proven ? 1 : 0;
      file.provenOutside += proven && outside ? 1 : 0;
      types(row, held, RESTRICTED, restrictedTypes);
    } else if (row.tier().equals("confidential")) {
      file.confidential++;
      file.confidentialOutside += outside ? 1 : 0;
      types(row, said.compareTo(Sensitivity.CONFIDENTIAL) >= 0, CONFIDENTIAL, confidentialTypes);
    }
    if (row.negative()) {
      file.negatives++;
      file.raised += said.compareTo(Sensitivity.CONFIDENTIAL) >= 0 ? 1 : 0;
      file.raisedToRestricted += held ? 1 : 0;
    }
  }

  private static void types(CorpusRow row, boolean held, Set<String> which, Map<String, PerType> types) {
    Set<String> deciding = row.labels().stream().map(CorpusRow.Label::type).filter(which::contains).collect(Collectors.toSet());
    for (String type : deciding) {
      PerType count = types.computeIfAbsent(type, name -> new PerType());
      count.rows++;
      count.held += held ? 1 : 0;
      if (deciding.size() == 1) {
        boolean proven = ProvableValue.anyIn(row, type::equals);
        count.alone++;
        count.aloneHeld += held ? 1 : 0;
        count.provenAlone += proven ? 1 : 0;
        count.provenAloneHeld += proven && held ? 1 : 0;
      }
    }
  }

  String markdown() {
    StringBuilder out = new StringBuilder(4096);
    out.append("| file | rows | restricted rows | classified lower | 95 % interval | sent to PUBLIC | of these with a valid check digit or vendor form: rows, sent to PUBLIC "
        + "| confidential rows, sent to PUBLIC | negatives | raised to CONFIDENTIAL or above | of these to RESTRICTED |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    PerFile sum = new PerFile();
    files.forEach((name, file) -> {
      line(out, name, file);
      sum.rows += file.rows;
      sum.restricted += file.restricted;
      sum.lower += file.lower;
      sum.outside += file.outside;
      sum.proven += file.proven;
      sum.provenOutside += file.provenOutside;
      sum.confidential += file.confidential;
      sum.confidentialOutside += file.confidentialOutside;
      sum.negatives += file.negatives;
      sum.raised += file.raised;
      sum.raisedToRestricted += file.raisedToRestricted;
    });
    line(out, "**all**", sum);
    out.append('\n');
    types(out, "restricted", restrictedTypes);
    out.append('\n');
    types(out, "confidential", confidentialTypes);
    return out.toString();
  }

  private static void types(StringBuilder out, String sensitivity, Map<String, PerType> types) {
    out.append("| type that makes a row ").append(sensitivity).append(" | rows | held (recall) | rows in which it is the only such type | held (recall) "
        + "| of these with a valid check digit or vendor form | held |\n|---|---|---|---|---|---|---|\n");
    types.forEach((name, type) -> out.append("| ").append(name).append(" | ").append(type.rows).append(" | ").append(share(type.held, type.rows)).append(" | ").append(type.alone)
        .append(" | ").append(share(type.aloneHeld, type.alone)).append(" | ").append(type.provenAlone == 0 ? "" : type.provenAlone).append(" | ")
        .append(share(type.provenAloneHeld, type.provenAlone)).append(" |\n"));
  }

  private static void line(StringBuilder out, String name, PerFile file) {
    out.append("| ").append(name).append(" | ").append(file.rows).append(" | ").append(file.restricted).append(" | ").append(share(file.lower, file.restricted)).append(" | ")
        .append(interval(file.lower, file.restricted)).append(" | ").append(share(file.outside, file.restricted)).append(" | ").append(file.proven == 0 ? "" : file.proven + ", " + file.provenOutside)
        .append(" | ").append(file.confidential == 0 ? "" : file.confidential + ", " + file.confidentialOutside).append(" | ").append(file.negatives == 0 ? "" : file.negatives)
        .append(" | ").append(share(file.raised, file.negatives)).append(" | ").append(share(file.raisedToRestricted, file.negatives)).append(" |\n");
  }

  private static String share(int part, int whole) {
    return whole == 0 ? "" : String.format(Locale.ROOT, "%d (%.2f %%)", part, 100.0 * part / whole);
  }

  /** Wilson's score interval. */
  private static String interval(int part, int whole) {
    if (whole == 0) {
      return "";
    }
    double z = 1.96;
    double p = (double) part / whole;
    double middle = p + z * z / (2 * whole);
    double half = z * Math.sqrt(p * (1 - p) / whole + z * z / (4.0 * whole * whole));
    double under = 1 + z * z / whole;
    return String.format(Locale.ROOT, "%.2f to %.2f %%", Math.max(0, 100 * (middle - half) / under), 100 * (middle + half) / under);
  }
}
