package io.tidegate.forecast;

import java.util.Arrays;

/** Whether the forecast beat persistence over the last day: one that did not is not acted on, until it does again (R9.4). */
final class Trust {
  private static final int HOURS = 24;
  private static final int HOUR_SECONDS = 3600;
  /** What was seen of the day before anything is believed. */
  private static final double PART_OF_DAY = 0.5;
  /** Once distrusted, it must be better by this much. */
  private static final double BACK = 0.99;

  private final int perHour;
  private final double[] ours = new double[HOURS];
  private final double[] persistence = new double[HOURS];
  private final double[] answers = new double[HOURS];
  private long steps;
  private boolean trusted;

  Trust(Grid grid) {
    this.perHour = HOUR_SECONDS / grid.stepSeconds();
  }

  /** Another window went by, with or without an answer. */
  void step() {
    if (steps % perHour == 0) {
      int hour = hour();
      ours[hour] = 0;
      persistence[hour] = 0;
      answers[hour] = 0;
    }
    steps++;
    double ratio = errorRatio();
    trusted = Arrays.stream(answers).sum() >= PART_OF_DAY * HOURS * perHour && ratio < (trusted ? 1 : BACK);
  }

  /** Before {@link #step} of the same window. */
  void answer(double forecast, double last, double actual) {
    int hour = (int) (Math.max(0, steps - 1) / perHour % HOURS);
    ours[hour] += Math.abs(forecast - actual);
    persistence[hour] += Math.abs(last - actual);
    answers[hour]++;
  }

  private int hour() {
    return (int) (steps / perHour % HOURS);
  }

  /** The forecast's error over the last day as a part of persistence's; not-a-number while there is none. */
  double errorRatio() {
    double ofPersistence = Arrays.stream(persistence).sum();
    double ofOurs = Arrays.stream(ours).sum();
    return ofPersistence > 0 ? ofOurs / ofPersistence : ofOurs > 0 ? Double.MAX_VALUE : Double.NaN;
  }

  boolean trusted() {
    return trusted;
  }

  void state(State state) {
    state.numbers(ours);
    state.numbers(persistence);
    state.numbers(answers);
    steps = state.whole(steps, 0, Long.MAX_VALUE / 2);
    trusted = state.whole(trusted ? 1 : 0, 0, 1) == 1;
  }
}
