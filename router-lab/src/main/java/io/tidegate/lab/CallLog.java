package io.tidegate.lab;

import io.tidegate.lab.plan.Request;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One line per model call that an emulator received: where to and how long, never what. So a person can see what reached the side they care about.
 * Ends after {@link #MAX_LINES}. Safe for any thread.
 */
final class CallLog implements Consumer<Request> {
  static final int MAX_LINES = 10_000;

  private final PrintWriter out;
  private final AtomicInteger lines = new AtomicInteger();

  CallLog(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void accept(Request request) {
    // Probes are GETs: they carry nothing of a caller.
    if (!request.method().equals("POST")) {
      return;
    }
    int line = lines.incrementAndGet();
    if (line <= MAX_LINES) {
      out.println("received POST " + request.path() + ", body of " + request.body().length + " bytes");
    } else if (line == MAX_LINES + 1) {
      out.println("further calls are not listed");
    }
    out.flush();
  }
}
