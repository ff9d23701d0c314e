package io.tidegate.classify;

import io.tidegate.model.Sensitivity;
import java.util.*;
import org.junit.jupiter.api.Test;

class ThirdHeldOutTest {
  @Test
  void measure() {
    Map<String, int[]> all = new TreeMap<>();
    Map<String, Integer> lines = new TreeMap<>();
    for (HeldOut.Text text : HeldOut.labelled("third.txt", 5)) {
      Shipped.Said said = Shipped.chat(text.text());
      int[] count = all.computeIfAbsent(text.group(), g -> new int[3]);
      count[0]++;
      if (said.sensitivity().compareTo(text.sensitivity()) < 0) {
        count[1]++;
        lines.merge(text.group() + " " + String.format("%3d ", text.line()) + said.sensitivity(), 1, Integer::sum);
      }
      if (said.sensitivity().compareTo(Sensitivity.CONFIDENTIAL) < 0) {
        count[2]++;
      }
    }
    all.forEach((g, c) -> System.out.printf("%s texts %d missed %d (%.1f %%) public %d%n", g, c[0], c[1], 100.0 * c[1] / c[0], c[2]));
    lines.forEach((l, n) -> System.out.println("MISS " + l + " x" + n));
    int n = 0; int conf = 0; int restr = 0;
    for (HeldOut.Text text : HeldOut.harmless("benign-third.txt", 5)) {
      n++;
      Shipped.Said said = Shipped.chat(text.text());
      if (said.sensitivity().compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
        conf++;
        System.out.println("RAISED " + text.line() + " " + said.sensitivity() + " " + said.seen());
        if (said.sensitivity() == Sensitivity.RESTRICTED) { restr++; }
      }
    }
    System.out.printf("benign %d conf %d restr %d%n", n, conf, restr);
  }
}
