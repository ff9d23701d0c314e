package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

import io.tidegate.model.Likelihood;

/** Personal numbers of other countries that consist of digits: Aadhaar, My Number, RRN, CPF, PESEL, Steuer-ID, NHS, NPI and others. */
final class NationalNumbers extends BuiltIn {
  private static final long IDENTITY = Topic.NATIONAL_ID.bit() | Topic.SSN.bit() | Topic.CN_ID.bit();
  private static final int DASHES = DigitSpan.DASH | DigitSpan.SPACE | DigitSpan.DOT;

  NationalNumbers() {
    super("national-number", 0, 8, 15, 0, 0);
  }

  @Override
  void onNumber(DigitSpan n, Sink sink) {
    if (n.gluedRight() || n.gluedLeft() || n.partOfLonger() || !n.only(DASHES | DigitSpan.SLASH)) {
      return;
    }
    boolean context = n.piece.near(IDENTITY, n.start, n.end);
    switch (n.count) {
      case 9 -> nine(n, context, sink);
      case 10 -> ten(n, context, sink);
      case 11 -> eleven(n, context, sink);
      case 12 -> twelve(n, context, sink);
      case 13 -> thirteen(n, context, sink);
      case 14 -> {
        if (n.groupCount >= 4 && n.shape(2, 3, 3, 4) || n.groupCount == 5 && n.following() != '-' && n.only(DigitSpan.DOT | DigitSpan.SLASH | DigitSpan.DASH)) {
          report(n, "TAX_ID", n.piece.near(Topic.TAX_ID.bit(), n.start, n.end), n.groupCount == 5 && cnpj(n.digits), sink);
        }
      }
      case 15 -> report(n, "NATIONAL_ID", context, french(n.digits), sink);
      default -> { }
    }
  }

  /** Valid and with context or a telling shape: very likely; one of them: as far as it goes. */
  private static void report(DigitSpan n, String type, boolean context, boolean valid, Sink sink) {
    Likelihood likelihood = context ? valid ? VERY_LIKELY : LIKELY : POSSIBLE;
    if (context || valid) {
      sink.found(type, n.start, n.end, likelihood);
    }
  }

  private static void nine(DigitSpan n, boolean context, Sink sink) {
    if (context && (CheckDigits.luhn(n.digits, 9) || n.whole()) && n.piece.near(Topic.NATIONAL_ID.bit(), n.start, n.end)) {
      sink.found("NATIONAL_ID", n.start, n.end, CheckDigits.luhn(n.digits, 9) ? VERY_LIKELY : LIKELY);
    } else if (n.piece.near(Topic.TAX_ID.bit(), n.start, n.end) && n.shape(2, 7)) {
      sink.found("TAX_ID", n.start, n.end, LIKELY);
    }
  }

  private static void ten(DigitSpan n, boolean context, Sink sink) {
    boolean health = n.piece.near(Topic.HEALTH_ID.bit(), n.start, n.end);
    if (health && (n.whole() || n.shape(3, 3, 4))) {
      sink.found("HEALTH_ID", n.start, n.end, CheckDigits.nhs(n.digits) ? VERY_LIKELY : LIKELY);
    } else if (n.shape(3, 3, 4) && n.only(DigitSpan.SPACE) && CheckDigits.nhs(n.digits)) {
      sink.found("HEALTH_ID", n.start, n.end, POSSIBLE);
    }
    if (n.piece.near(Topic.PROVIDER.bit(), n.start, n.end) && (n.digits[0] == 1 || n.digits[0] == 2)) {
      boolean valid = (CheckDigits.luhnSum(n.digits, 10) + 24) % 10 == 0;
      sink.found("PROVIDER_ID", n.start, n.end, valid ? VERY_LIKELY : LIKELY);
    }
    // Personnummer: YYMMDD-NNNC with Luhn.
    boolean swedish = n.shape(6, 4) && (n.separators & DigitSpan.DASH) != 0 && CheckDigits.date(2000, n.pair(2), n.pair(4) % 60) && CheckDigits.luhn(n.digits, 10);
    if (swedish || context) {
      report(n, "NATIONAL_ID", context || swedish, swedish, sink);
    }
  }

  private static void eleven(DigitSpan n, boolean context, Sink sink) {
    byte[] d = n.digits;
    boolean cpf = cpf(d);
    boolean cpfShape = n.shape(3, 3, 3, 2) && n.only(DigitSpan.DOT | DigitSpan.DASH) && n.separators == (DigitSpan.DOT | DigitSpan.DASH);
    if (cpfShape && cpf) {
      sink.found("NATIONAL_ID", n.start, n.end, VERY_LIKELY);
      return;
    }
    boolean tax = n.piece.near(Topic.TAX_ID.bit(), n.start, n.end);
    if (tax && (n.whole() || n.shape(2, 3, 3, 3) || n.shape(3, 3, 3, 2))) {
      sink.found("TAX_ID", n.start, n.end, LIKELY);
    }
    boolean pesel = (CheckDigits.weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3) + d[10]) % 10 == 0;
    if (context) {
      sink.found("NATIONAL_ID", n.start, n.end, cpf || pesel ? VERY_LIKELY : LIKELY);
    }
  }

  private static void twelve(DigitSpan n, boolean context, Sink sink) {
    boolean aadhaar = n.digits[0] >= 2 && CheckDigits.verhoeff(n.digits, 12);
    if (context) {
      sink.found("NATIONAL_ID", n.start, n.end, aadhaar || myNumber(n.digits) ? VERY_LIKELY : LIKELY);
    } else if (aadhaar && n.shape(4, 4, 4) && n.only(DigitSpan.SPACE)) {
      sink.found("NATIONAL_ID", n.start, n.end, LIKELY);
    }
  }

  private static void thirteen(DigitSpan n, boolean context, Sink sink) {
    byte[] d = n.digits;
    // Korea: YYMMDD-SNNNNNN; the check digit is random since 2020, so the shape counts.
    boolean korean = n.shape(6, 7) && (n.separators & DigitSpan.DASH) != 0 && d[6] >= 1 && d[6] <= 8 && CheckDigits.date(2000, n.pair(2), n.pair(4));
    // Switzerland: 756.XXXX.XXXX.XX with an EAN-13 check digit.
    boolean swiss = n.startsWith("756") && n.shape(3, 4, 4, 2) && n.only(DigitSpan.DOT);
    boolean thai = n.groupCount == 5 && n.groups[0] == 1 && n.groups[1] == 4 && n.groups[2] == 5;
    boolean southAfrica = n.whole() && CheckDigits.date(2000, n.pair(2), n.pair(4)) && CheckDigits.luhn(d, 13) && d[10] <= 1;
    if (korean || swiss) {
      sink.found("NATIONAL_ID", n.start, n.end, context ? VERY_LIKELY : LIKELY);
    } else if (context) {
      sink.found("NATIONAL_ID", n.start, n.end, southAfrica ? VERY_LIKELY : LIKELY);
    } else if (thai || southAfrica) {
      sink.found("NATIONAL_ID", n.start, n.end, POSSIBLE);
    }
  }

  private static boolean cpf(byte[] d) {
    int first = CheckDigits.weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
    int second = CheckDigits.weighted(d, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
    boolean same = true;
    for (int i = 1; i < 11; i++) {
      same &= d[i] == d[0];
    }
    return !same && first == d[9] && second == d[10];
  }

  private static boolean cnpj(byte[] d) {
    int first = CheckDigits.weighted(d, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
    return d[12] == (first < 2 ? 0 : 11 - first);
  }

  private static boolean myNumber(byte[] d) {
    int rest = CheckDigits.weighted(d, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
    return d[11] == (rest <= 1 ? 0 : 11 - rest);
  }

  private static boolean french(byte[] d) {
    long body = 0;
    for (int i = 0; i < 13; i++) {
      body = body * 10 + d[i];
    }
    return (d[0] == 1 || d[0] == 2) && 97 - body % 97 == d[13] * 10 + d[14];
  }
}
