package io.tidegate.fake;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import java.io.PrintStream;
import java.util.Arrays;

/**
 * Runs the test classes it is given, one after the other, and prints {@code RED name} for each test that fails; exit 1 if any did, 2 if none ran. With
 * {@code --until-red} first, a class that has a red test is the last one that runs.
 */
public final class RunTests {
  private RunTests() {}

  public static void main(String[] arguments) {
    boolean untilRed = arguments.length > 0 && arguments[0].equals("--until-red");
    PrintStream out = System.out;
    int[] counts = new int[2];
    TestExecutionListener listener = new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        counts[0] += test.isTest() ? 1 : 0;
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
          counts[1]++;
          out.println("RED " + name(test));
        }
      }
    };
    for (String name : Arrays.asList(arguments).subList(untilRed ? 1 : 0, arguments.length)) {
      LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(name)).build(), listener);
      if (untilRed && counts[1] > 0) {
        break;
      }
    }
    System.exit(counts[1] > 0 ? 1 : counts[0] == 0 ? 2 : 0);
  }

  /** Class and method, which is what a reader looks for. */
  private static String name(TestIdentifier test) {
    return test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast)
        .map(source -> source.getClassName().substring(source.getClassName().lastIndexOf('.') + 1) + '.' + source.getMethodName())
        .orElse(test.getDisplayName());
  }
}
