package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Bundles as they would be if the compiler refused nothing: for tests of what stands behind it. */
public final class Unrefused {
  private Unrefused() {}

  /** The bundle of one file, whatever is wrong with it. */
  public static PolicyBundle bundle(String name, String text, LocalDate today) {
    List<Problem> ignored = new ArrayList<>();
    PolicyFile file = PolicyReader.read(name, text.getBytes(StandardCharsets.UTF_8), ignored, Pace.FULL).orElseThrow(() -> new AssertionError(ignored.toString()));
    return new PolicyLinker(List.of(file), today, ignored, new ArrayList<>(), Pace.FULL).link("0".repeat(64));
  }
}
