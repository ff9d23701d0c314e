package io.tidegate.semantic;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;

class Show {
  public static void main(String[] a) throws Exception {
    Reader r = new Reader(new Lexicon(), 1, 2);
    if (a.length > 2) {
      System.out.println(Sameness.compare(r.read(a[1]).get(), r.read(a[2]).get()));
      return;
    }
    boolean detail = a.length > 1;
    Map<String, int[]> by = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of(a[0]))) {
      if (line.startsWith("#")) continue;
      String[] p = line.split("\t");
      Optional<Fingerprint> x = r.read(p[1]), y = r.read(p[2]);
      Sameness.Outcome o = x.isEmpty() || y.isEmpty() ? null : Sameness.compare(x.get(), y.get());
      boolean served = o == Sameness.Outcome.SAME;
      String kind = p[0].equals("same") && p[1].chars().anyMatch(c -> c > 0x3000) ? "same-zh" : p[0];
      int[] n = by.computeIfAbsent(kind, k -> new int[2]);
      n[0]++; if (served) n[1]++;
      if (detail && served != p[0].equals("same")) System.out.println(o + "\t" + line);
    }
    by.forEach((k, n) -> System.out.println(k + " " + n[1] + "/" + n[0]));
  }
}
