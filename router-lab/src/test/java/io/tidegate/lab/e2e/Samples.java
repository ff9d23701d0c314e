package io.tidegate.lab.e2e;

import java.util.SplittableRandom;

/** Generated values that are valid by their check digits; nobody's real data. */
final class Samples {
  private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  private static final String CHECK = "10X98765432";

  private Samples() {}

  /** A resident identity number (GB 11643) with a valid date and check character. */
  static String cnId(SplittableRandom random) {
    String body = String.format("%d%04d%02d%02d%03d", new int[] {110101, 310104, 440106, 510107}[random.nextInt(4)], 1950 + random.nextInt(60),
        1 + random.nextInt(12), 1 + random.nextInt(28), random.nextInt(1000));
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += (body.charAt(i) - '0') * WEIGHTS[i];
    }
    return body + CHECK.charAt(sum % 11);
  }

  /** A patient record as a hospital's service would send it. */
  static String patient(SplittableRandom random) {
    return "患者张伟，身份证号 " + cnId(random) + "，诊断为2型糖尿病，请总结病历。";
  }
}
