package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Policies and facts for tests. */
public final class Policies {
  public static final LocalDate TODAY = LocalDate.of(2026, 11, 24);

  private Policies() {}

  /** A policy file named {@code name} with the floor INTERNAL and, below {@code spec}, the given lines; it ends as a policy file must. */
  public static String file(String name, String spec) {
    return "apiVersion: tidegate/v1\nkind: SensitivityPolicy\nmetadata: {name: " + name + ", revision: 1, owner: secops}\nspec:\n  floor: internal\n"
        + spec.indent(2) + "...\n";
  }

  /** The same with inline tests, which are its end. */
  public static String file(String name, String spec, String tests) {
    return file(name, spec).replace("...\n", "") + "tests:\n" + tests;
  }

  public static PolicyCompiler.Result compile(String... files) {
    Map<String, byte[]> byName = new TreeMap<>();
    for (int i = 0; i < files.length; i++) {
      byName.put("p" + i + ".yaml", files[i].getBytes(StandardCharsets.UTF_8));
    }
    return PolicyCompiler.compile(byName, TODAY);
  }

  /** The bundle of one file with these lines below {@code spec}. */
  public static PolicyBundle bundle(String spec) {
    return bundleOf(file("test", spec));
  }

  public static PolicyBundle bundleOf(String... files) {
    PolicyCompiler.Result result = compile(files);
    return result.bundle().orElseThrow(() -> new AssertionError(result.problems().toString()));
  }

  /** The policy that is shipped. */
  public static PolicyBundle baseline() {
    try {
      return PolicyCompiler.compile(Map.of("baseline.yaml", Files.readAllBytes(Path.of("../policies/baseline.yaml"))), TODAY).bundle().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Finding finding(String type, Likelihood likelihood) {
    return new Finding(type, 3, 0, 5, likelihood, "test");
  }

  public static Findings findings(Finding... list) {
    return new Findings(List.of(list), Set.of());
  }

  public static Findings trouble(Trouble... troubles) {
    return new Findings(List.of(), Set.of(troubles));
  }

  public static Facts facts(Findings findings) {
    return facts(findings, Caller.DEFAULT);
  }

  public static Facts facts(Findings findings, Caller caller) {
    return new Facts(findings, caller, Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, null, 0, 1_000);
  }

  public static Facts declared(Sensitivity declared) {
    return new Facts(Findings.NONE, Caller.DEFAULT, Operation.CHAT, "auto", false, true, declared, null, 0, 1_000);
  }

  public static Facts timed(@org.jspecify.annotations.Nullable LatencyClass wish, long timeLeftNanos, String tenant) {
    return new Facts(Findings.NONE, new Caller(tenant, "job"), Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, wish, timeLeftNanos, 1_000);
  }
}
