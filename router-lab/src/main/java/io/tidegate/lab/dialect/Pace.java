package io.tidegate.lab.dialect;

import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Step;
import io.tidegate.lab.plan.Step.Event;
import io.tidegate.lab.plan.Step.Head;
import io.tidegate.lab.plan.Step.Kind;
import io.tidegate.lab.plan.Step.Pause;
import io.tidegate.lab.plan.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Puts an answer's pieces and the waits between them in order. Used once, by one thread. */
final class Pace {
  private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COLON = ":\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BLANK = {'\n'};

  private final EmulatorConfig config;
  private final SplittableRandom random;
  private final List<Step> steps = new ArrayList<>();
  private final long gapNanos;
  private boolean started;

  Pace(EmulatorConfig config, SplittableRandom random) {
    this.config = config;
    this.random = random;
    this.gapNanos = config.tokensPerSecond() == 0 ? 0 : (long) (1e9 / config.tokensPerSecond());
  }

  /** Head and thinking of a stream, in the dialect's order. */
  void beginStream(Duration think, List<Field> fields) {
    Head head = new Head(200, fields, -1);
    if (config.dialect().headsEarly()) {
      steps.add(head);
      think(think, config.dialect() == EmulatedDialect.LLAMA_CPP ? COLON : COMMENT);
    } else {
      steps.add(new Pause(think.toNanos()));
      steps.add(head);
    }
  }

  /** The whole of an answer that is one JSON text, after the time that its tokens take. */
  List<Step> body(Duration think, List<Field> fields, byte[] body, int tokens) {
    Duration total = think.plusNanos(gapNanos * tokens);
    if (config.dialect() == EmulatedDialect.DEEPSEEK && config.keepAliveEvery() != null && total.compareTo(config.keepAliveEvery()) >= 0) {
      steps.add(new Head(200, fields, -1));
      think(total, BLANK);
    } else {
      steps.add(new Pause(total.toNanos()));
      steps.add(new Head(200, fields, body.length));
    }
    steps.add(new Event(Kind.BODY, body));
    steps.add(Step.end());
    return steps;
  }

  private void think(Duration think, byte[] ping) {
    boolean closes = config.dialect() == EmulatedDialect.DEEPSEEK && think.compareTo(config.inferenceStartLimit()) > 0;
    long left = (closes ? config.inferenceStartLimit() : think).toNanos();
    Duration every = config.keepAliveEvery();
    while (every != null && left >= every.toNanos()) {
      steps.add(new Pause(every.toNanos()));
      steps.add(new Event(Kind.PING, ping));
      left -= every.toNanos();
    }
    steps.add(new Pause(left));
    if (closes) {
      steps.add(new Step.Last(Wire::disconnect));
    }
  }

  /** One event. Tool pieces and a fourth of the others travel as two frames, cut inside a character if they have a long one. */
  void event(Kind kind, byte[] bytes) {
    if (started && gapNanos > 0 && kind != Kind.DONE && kind != Kind.USAGE) {
      steps.add(new Pause(gapNanos));
    }
    started = true;
    boolean splits = kind == Kind.TOOL || random.nextInt(4) == 0;
    steps.add(new Event(kind, bytes, splits ? insideCharacter(bytes) : 0));
  }

  private int insideCharacter(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if ((bytes[i] & 0xc0) == 0xc0) {
        return i + 1;
      }
    }
    return 1 + random.nextInt(bytes.length - 1);
  }

  List<Step> end() {
    steps.add(Step.end());
    return steps;
  }
}
