package io.tidegate.fake;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import java.io.PrintStream;
import java.util.Arrays;

/** Runs the test classes it is given and prints {@code RED name} for each test that fails; exit 1 if any did, 2 if none ran. */
public final class RunTests {
  private RunTests() {}

  public static void main(String[] classes) {
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList()).build();
    PrintStream out = System.out;
    int[] counts = new int[2];
    LauncherFactory.create().execute(request, new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        counts[0] += test.isTest() ? 1 : 0;
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
          counts[1]++;
          out.println("RED " + name(test));
        }
      }
    });
    System.exit(counts[1] > 0 ? 1 : counts[0] == 0 ? 2 : 0);
  }

  /** Class and method, which is what a reader looks for. */
  private static String name(TestIdentifier test) {
    return test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast)
        .map(source -> source.getClassName().substring(source.getClassName().lastIndexOf('.') + 1) + '.' + source.getMethodName())
        .orElse(test.getDisplayName());
  }
}
