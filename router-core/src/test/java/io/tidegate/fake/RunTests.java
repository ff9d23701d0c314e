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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the test classes it is given, one after the other, and prints {@code RED name} for each test that fails; exit 1 if any did, 2 if none ran. With
 * {@code --until-red} first, a class that has a red test is the last one that runs. Of a fault schedule that fails, the seed is printed behind the name.
 */
public final class RunTests {
  private static final Pattern SCHEDULE = Pattern.compile("\\Aseed (\\d+), (\\d+) events:.*^shrunk to (\\d+) events", Pattern.DOTALL | Pattern.MULTILINE);

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
          out.println("RED " + name(test) + result.getThrowable().map(RunTests::schedule).orElse(""));
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

  /** The seed of a fault schedule and what it shrank to, if the test tells one. */
  private static String schedule(Throwable failure) {
    Matcher told = SCHEDULE.matcher(String.valueOf(failure.getMessage()));
    return told.find() ? " (seed " + told.group(1) + ", " + told.group(2) + " events, " + told.group(3) + " of them enough)" : "";
  }

  /** Class and method, which is what a reader looks for. */
  private static String name(TestIdentifier test) {
    return test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast)
        .map(source -> source.getClassName().substring(source.getClassName().lastIndexOf('.') + 1) + '.' + source.getMethodName())
        .orElse(test.getDisplayName());
  }
}
