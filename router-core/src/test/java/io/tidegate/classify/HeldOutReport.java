package io.tidegate.classify;

import io.tidegate.model.Sensitivity;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Prints how the shipped policy does on the held-out texts; with {@code -v}, what went wrong. */
public final class HeldOutReport {
  private HeldOutReport() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
    boolean verbose = args.length > 0 && args[0].equals("-v");
    Map<String, int[]> groups = new TreeMap<>();
    for (String file : new String[] {"secrets.txt", "documents.txt", "second.txt"}) {
      for (HeldOut.Text text : HeldOut.labelled(file, 5)) {
        Shipped.Said said = Shipped.chat(text.text());
        Sensitivity wanted = text.group().startsWith("confidential") ? Sensitivity.CONFIDENTIAL : Sensitivity.RESTRICTED;
        boolean held = said.sensitivity().compareTo(wanted) >= 0;
        boolean typed = text.types().stream().allMatch(type -> java.util.Arrays.stream(type.split("/")).anyMatch(said.seen()::contains));
        count(groups, file + " " + text.group(), held, typed);
        if (verbose && !(held && typed)) {
          out.println((held ? "TYPE   " : "MISSED ") + text + " " + text.types() + " said " + said.sensitivity() + " " + said.seen() + " | " + text.text().replace("\n", "\\n"));
        }
      }
    }
    for (HeldOut.Text text : HeldOut.harmless("benign.txt", 5)) {
      Shipped.Said said = Shipped.chat(text.text());
      boolean low = said.sensitivity().compareTo(Sensitivity.CONFIDENTIAL) < 0;
      count(groups, "benign.txt " + text.group(), low, said.sensitivity() != Sensitivity.RESTRICTED);
      if (verbose && !low) {
        out.println("RAISED " + text + " " + said.sensitivity() + " " + said.findings().troubles() + " " + said.seen() + " | " + text.text().replace("\n", "\\n"));
      }
    }
    groups.forEach((name, n) -> out.printf("%-70s n %5d  right %.4f  second %.4f%n", name, n[0], (double) n[1] / n[0], (double) n[2] / n[0]));
  }

  private static void count(Map<String, int[]> groups, String name, boolean first, boolean second) {
    int[] n = groups.computeIfAbsent(name, k -> new int[3]);
    n[0]++;
    n[1] += first ? 1 : 0;
    n[2] += second ? 1 : 0;
  }
}
