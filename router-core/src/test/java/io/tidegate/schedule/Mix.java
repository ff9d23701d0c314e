package io.tidegate.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Draws what happens, of everything that can:
 *
 * <pre>
 * ask id kind name json|stream class tenant session|- deadlineMs|0 loop     a request
 * leave id · leave-inside id call · full id · reads id                      its caller: goes, goes from inside a call, takes no more, takes more
 * endpoint id fault ms · region name fault ms · cut id                                        a model service: one of Services.FAULTS for a while; all its connections reset
 * lists upstream nobody|half|rogue ms                                       discovery names nobody, a half, one too many; then all again
 * policy open|home|tight|bound                                                  a policy takes the place of the one before
 * records full|slow|lost ms                                                 the disk of decision records
 * far late|fails|hangs|away|mixed|damaged ms · other                        what two daemons keep outside; the other one takes the requests
 * detectors fail|late|find ms                                               detectors in other processes
 * pool full ms · clock ms                                                   no room for long scans; civil time jumps
 * </pre>
 *
 * <p>Things happen in scenes, so that they meet; some scenes are about one mechanism.
 */
final class Mix {
  private static final int MOST_SCENES = 5;
  private static final List<String> HOME = List.of("h1", "h2", "h3", "l1");
  private static final List<String> AWAY = List.of("c1", "c2", "s1");
  private static final String[] FORMS = {"json", "stream", "stream"};
  private static final String[] CLASSES = {"interactive", "standard", "standard", "batch"};
  private static final String[] TENANTS = {"ward", "ward", "lab"};
  /** Those that know nothing of regions. */
  private static final String[] POLICIES = {"open", "home", "tight"};
  private static final int[] SOON = {0, 0, 1, 3, 20, 100, 300, 900, 3000};

  private final SplittableRandom random;
  private final List<Event> events = new ArrayList<>();
  private String questions = "s";
  private int asked;

  Mix(long seed) {
    random = new SplittableRandom(seed);
  }

  List<Event> events() {
    int scenes = 1 + random.nextInt(MOST_SCENES);
    long at = random.nextInt(4_000);
    for (int scene = 0; scene < scenes; scene++) {
      // Some ask what was asked before, and what was stored may be old by then.
      questions = random.nextInt(3) == 0 ? "s" : "s" + scene + "x";
      switch (random.nextInt(13)) {
        case 0, 1 -> shared(at);
        case 2 -> comesBack(at);
        case 3 -> homeIsDown(at);
        case 4 -> cleaned(at);
        case 5 -> crowd(at);
        case 6 -> swapped(at);
        case 7 -> stale(at);
        case 8 -> outside(at);
        case 9 -> regions(at);
        default -> anything(at);
      }
      at += random.nextInt(3) == 0 ? 500 + random.nextInt(1_500) : 4_000 + random.nextInt(8_000);
    }
    return events;
  }

  private void anything(long at) {
    faults(at, 1 + random.nextInt(6));
    // Some are about one thing.
    TextKind only = random.nextInt(3) == 0 ? TextKind.values()[random.nextInt(TextKind.values().length)] : null;
    String form = random.nextInt(2) == 0 ? pick(FORMS) : null;
    int asks = 2 + random.nextInt(9);
    for (int i = 0; i < asks; i++) {
      ask(at + soon() + random.nextInt(40), only == null ? kind() : only, form == null ? pick(FORMS) : form);
    }
  }

  /** Many ask the same at about the same time, while it goes wrong. */
  private void shared(long at) {
    faults(at, random.nextInt(3));
    if (random.nextInt(3) == 0) {
      side(at, pick(List.of("reset-after", "reset", "server-error", "slow", "stalls-after", "incomplete", "rejected", "protocol", "mute")));
    }
    if (random.nextInt(5) < 2) {
      policy(at + random.nextInt(1_200));
    }
    if (random.nextInt(5) == 0) {
      events.add(Event.of(at + soon(), "records", pick(List.of("full", "slow", "lost")), 50 + 4 * soon()));
    }
    String form = pick(FORMS);
    int asks = 3 + random.nextInt(8);
    for (int i = 0; i < asks; i++) {
      ask(at + soon() / 2, TextKind.SAME, form);
    }
  }

  /** Answers that are past their time are read by several, while it goes wrong: somebody asks again behind them. */
  private void stale(long at) {
    String form = pick(FORMS);
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      ask(at + random.nextInt(200), TextKind.SAME, form);
    }
    long later = at + 1_200 + random.nextInt(4_000);
    faults(later, random.nextInt(3));
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> side(later, pick(Services.FAULTS));
      case 3 -> policy(later + random.nextInt(300));
      case 4 -> events.add(Event.of(later, "detectors", pick(List.of("fail", "late", "find")), 50 + 4 * soon()));
      case 5 -> events.add(Event.of(later, "records", pick(List.of("full", "slow", "lost")), 50 + 4 * soon()));
      default -> { }
    }
    int asks = 2 + random.nextInt(6);
    for (int i = 0; i < asks; i++) {
      ask(later + soon() / 2, random.nextInt(8) == 0 ? TextKind.SECRET : TextKind.SAME, form);
    }
  }

  /** Two daemons share what they keep outside, and take turns, while it goes wrong there. */
  private void outside(long at) {
    String form = pick(FORMS);
    faults(at, random.nextInt(2));
    int rounds = 2 + random.nextInt(4);
    for (int round = 0; round < rounds; round++) {
      if (random.nextInt(3) > 0) {
        events.add(Event.of(at + random.nextInt(400), "far", pick(Afar.FAULTS), 200 + 4 * soon()));
      }
      if (random.nextInt(8) == 0) {
        policy(at + random.nextInt(300));
      }
      int asks = 2 + random.nextInt(4);
      for (int i = 0; i < asks; i++) {
        ask(at + random.nextInt(300), random.nextInt(8) == 0 ? TextKind.SECRET : TextKind.SAME, form);
      }
      at += 600 + random.nextInt(1_200);
      events.add(Event.of(at, "other"));
    }
  }

  /** Texts are bound to regions, of which one is lost, and comes back. */
  private void regions(long at) {
    events.add(Event.of(at, "policy", random.nextInt(3) == 0 ? pick(POLICIES) : "bound"));
    for (int round = 0; round < 2; round++) {
      events.add(Event.of(at + random.nextInt(300), "region", pick(Setting.REGIONS), pick(List.of("refused", "connect-timeout", "reset", "mute", "busy", "limited")),
          200 + 4 * soon()));
      faults(at, random.nextInt(3));
      int asks = 3 + random.nextInt(6);
      for (int i = 0; i < asks; i++) {
        ask(at + soon() / 2 + random.nextInt(400), kind(), pick(FORMS));
      }
      at += 1_000 + random.nextInt(6_000);
    }
  }

  /** Endpoints fall out, and are tried again by callers of whom some leave. */
  private void comesBack(long at) {
    side(at, pick(List.of("refused", "reset", "server-error", "connect-timeout", "limited", "busy", "loading")));
    for (int round = 0; round < 3; round++) {
      int asks = 2 + random.nextInt(4);
      for (int i = 0; i < asks; i++) {
        ask(at + random.nextInt(60), pick(List.of(TextKind.SECRET, TextKind.HARMLESS)), pick(FORMS));
      }
      at += 700 + random.nextInt(1_800);
    }
  }

  /** Harmless text may go out where home is down, and only there. */
  private void homeIsDown(long at) {
    events.add(Event.of(at, "policy", "home"));
    for (String endpoint : HOME) {
      if (random.nextInt(5) > 0) {
        events.add(Event.of(at, "endpoint", endpoint, pick(List.of("refused", "refused", "busy", "loading", "tls", "pool-full", "account", "limited", "reset")),
            600 + 4 * soon()));
      }
    }
    faults(at, random.nextInt(2));
    int asks = 2 + random.nextInt(5);
    for (int i = 0; i < asks; i++) {
      ask(at + random.nextInt(500), pick(List.of(TextKind.HARMLESS, TextKind.HARMLESS, TextKind.CONTACT, TextKind.SECRET)), pick(FORMS));
    }
  }

  /** More than fit anywhere, before model services that are slow or do not answer. */
  private void crowd(long at) {
    if (random.nextInt(3) == 0) {
      policy(at);
    }
    side(at, pick(List.of("slow", "slow", "mute", "drips", "stalls-after", "busy", "limited")));
    faults(at, random.nextInt(3));
    int asks = 8 + random.nextInt(10);
    for (int i = 0; i < asks; i++) {
      ask(at + random.nextInt(400), random.nextInt(3) == 0 ? kind() : TextKind.HARMLESS, pick(FORMS));
    }
  }

  /** Policies change while requests are being read. */
  private void swapped(long at) {
    if (random.nextBoolean()) {
      events.add(Event.of(at, "detectors", "late", 1_500));
    }
    for (int i = 0; i < 3; i++) {
      policy(at + random.nextInt(900));
    }
    faults(at, random.nextInt(2));
    int asks = 4 + random.nextInt(8);
    for (int i = 0; i < asks; i++) {
      ask(at + random.nextInt(900), random.nextBoolean() ? TextKind.LONG : kind(), pick(FORMS));
    }
  }

  /** Text that may leave once it is cleaned. */
  private void cleaned(long at) {
    if (random.nextInt(2) == 0) {
      events.add(Event.of(at, "policy", "open"));
    }
    faults(at, random.nextInt(4));
    int asks = 2 + random.nextInt(5);
    for (int i = 0; i < asks; i++) {
      ask(at + soon(), random.nextInt(5) == 0 ? kind() : TextKind.CONTACT, pick(FORMS));
    }
  }

  private TextKind kind() {
    TextKind[] kinds = TextKind.values();
    return random.nextInt(3) == 0 ? TextKind.SECRET : kinds[random.nextInt(kinds.length)];
  }

  private void ask(long at, TextKind kind, String form) {
    String id = "r" + asked++;
    String name = kind == TextKind.SAME ? questions + random.nextInt(2) : id;
    String session = random.nextInt(4) == 0 ? "c" + random.nextInt(2) : "-";
    int deadline = random.nextInt(6) == 0 ? 50 + random.nextInt(8_000) : 0;
    events.add(Event.of(at, "ask", id, kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), name, form, pick(CLASSES), pick(TENANTS), session, deadline,
        random.nextInt(2)));
    switch (random.nextInt(12)) {
      case 0, 1 -> events.add(Event.of(at + soon(), "leave", id));
      case 2 -> events.add(Event.of(at, "leave-inside", id, random.nextInt(4)));
      case 3, 4 -> {
        long full = at + soon();
        events.add(Event.of(full, "full", id));
        events.add(Event.of(full + 1 + 4L * soon(), "reads", id));
      }
      default -> { }
    }
  }

  private void faults(long at, int count) {
    for (int i = 0; i < count; i++) {
      fault(at + soon());
    }
  }

  private void fault(long at) {
    int length = 50 + 4 * soon();
    switch (random.nextInt(16)) {
      case 0 -> events.add(Event.of(at, "cut", pick(Setting.ENDPOINTS)));
      case 1 -> events.add(Event.of(at, "lists", pick(Setting.UPSTREAMS), pick(List.of("nobody", "half", "rogue")), length));
      case 2 -> policy(at);
      case 3 -> events.add(Event.of(at, "records", pick(List.of("full", "slow", "lost")), length));
      case 4 -> events.add(Event.of(at, "detectors", pick(List.of("fail", "late", "find")), length));
      case 5 -> events.add(random.nextInt(2) == 0 ? Event.of(at, "pool", "full", length) : Event.of(at, "clock", random.nextInt(7_200_000) - 3_600_000));
      case 6, 7 -> side(at, pick(Services.FAULTS));
      default -> events.add(Event.of(at, "endpoint", pick(Setting.ENDPOINTS), pick(Services.FAULTS), length));
    }
  }

  /** A whole side fails alike, or both do. */
  private void side(long at, String fault) {
    int length = 50 + 4 * soon();
    int which = random.nextInt(4);
    if (which < 3) {
      HOME.forEach(endpoint -> events.add(Event.of(at, "endpoint", endpoint, fault, length)));
    }
    if (which > 1) {
      AWAY.forEach(endpoint -> events.add(Event.of(at, "endpoint", endpoint, fault, length)));
    }
  }

  private void policy(long at) {
    events.add(Event.of(at, "policy", pick(POLICIES)));
  }

  private int soon() {
    return SOON[random.nextInt(SOON.length)];
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private <T> T pick(T[] of) {
    return of[random.nextInt(of.length)];
  }
}
