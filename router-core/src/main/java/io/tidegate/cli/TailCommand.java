package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import io.tidegate.terminal.Screen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Decisions of a running daemon as they are taken. They hold no content. */
@Command(name = "tidegate tail", description = "Shows the decisions of a running daemon as they are taken, one a line, once each has ended: who asked, how it was "
    + "decided and by which rules, where the answer came from or why there is none. Never content. Goes on when the daemon restarts; ends with Ctrl-C. "
    + "All records, also older ones, are read by 'tidegate audit show'.")
final class TailCommand implements Callable<Integer> {
  private static final int NOT_FOUND = 404;
  private static final long LOOK_MILLIS = 500;
  /** Where decisions come nearly as fast as a look shows them. */
  private static final long SOON_MILLIS = 50;
  private static final int MANY = 25;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Only this tenant's. May be repeated.")
  List<String> tenants = new ArrayList<>();

  @Option(names = "--sensitivity", paramLabel = "LEVEL", description = "Only those of this sensitivity: ${COMPLETION-CANDIDATES}. May be repeated.")
  List<Sensitivity> sensitivities = new ArrayList<>();

  @Option(names = "--destination", paramLabel = "PLACE", description = "Only those answered from there: ${COMPLETION-CANDIDATES}. May be repeated.")
  List<Destination> destinations = new ArrayList<>();

  @Option(names = "--refused", description = "Only those that ended with a refusal.")
  boolean refused;

  @Option(names = "--last", paramLabel = "N", description = "How many of those already there are shown first. Default: ${DEFAULT-VALUE}.")
  int last = 10;

  @Option(names = "--once", description = "Shows what is there and ends.")
  boolean once;

  @Option(names = "--json", description = "Prints one JSON object a decision, one a line.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  TailCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (last < 0) {
      terminal.err().println("--last: a number from 0 on");
      return Exit.USAGE;
    }
    var config = options.load(environment, terminal);
    return config.isEmpty() ? Exit.BAD_CONFIGURATION : follow(config.get().admin().listen(), Screen.of(Screen.OUT, environment.variables()));
  }

  private int follow(Listen admin, Screen screen) throws InterruptedException {
    AdminClient client = new AdminClient(admin);
    ObjectMapper mapper = new ObjectMapper();
    DecisionFeed feed = new DecisionFeed();
    boolean away = false;
    boolean heard = false;
    while (true) {
      long wait = LOOK_MILLIS;
      try {
        AdminClient.Answer answer = client.get("/admin/decisions");
        if (answer.status() == NOT_FOUND) {
          terminal.err().println("the daemon has no /admin/decisions: it is of an older version. Fix: 'tidegate audit show' reads its records");
          return Exit.FOUND;
        }
        JsonNode document = mapper.readTree(answer.body());
        if (away) {
          terminal.err().println("the daemon answers again");
          away = false;
        }
        heard = true;
        List<JsonNode> fresh = feed.look(document, last);
        if (feed.overrun()) {
          terminal.err().println("more decisions were taken than can be followed; 'tidegate audit export' has all");
        }
        for (JsonNode decision : fresh) {
          if (wanted(decision)) {
            show(decision, screen);
          }
        }
        wait = feed.fresh() >= MANY ? SOON_MILLIS : LOOK_MILLIS;
      } catch (IOException unreachable) {
        if (once || !heard) {
          return AdminClient.nobody(terminal, admin, unreachable);
        }
        if (!away) {
          terminal.err().println("the daemon does not answer; waiting for it");
          away = true;
        }
      }
      if (once || terminal.out().checkError()) {
        return Exit.GOOD;
      }
      Thread.sleep(wait);
    }
  }

  private boolean wanted(JsonNode decision) {
    JsonNode ended = decision.path("ended");
    return (tenants.isEmpty() || tenants.contains(decision.path("tenant").asText()))
        && (sensitivities.isEmpty() || sensitivities.stream().anyMatch(each -> each.name().equalsIgnoreCase(decision.path("sensitivity").asText())))
        && (destinations.isEmpty() || destinations.stream().anyMatch(each -> each.name().equalsIgnoreCase(ended.path("destination").asText())))
        && (!refused || !ended.path("refusal").asText("").isEmpty());
  }

  private void show(JsonNode decision, Screen screen) {
    if (json) {
      terminal.out().println(AuditText.escaped(decision.toString()));
      return;
    }
    String line = AuditText.escaped(line(decision));
    terminal.out().println(decision.path("ended").path("refusal").asText("").isEmpty() ? line : screen.bad(line));
  }

  static String line(JsonNode decision) {
    StringJoiner rules = new StringJoiner(",");
    decision.path("rules").forEach(rule -> rules.add(rule.asText()));
    return String.format(Locale.ROOT, "%-24s %-12s %-11s %s/%s %s -> %s  rules %s  %s", decision.path("time").asText(), upper(decision, "sensitivity"),
        upper(decision, "latency_class"), decision.path("tenant").asText(), decision.path("caller").asText(), decision.path("operation").asText(), outcome(decision),
        rules.length() == 0 ? "none" : rules, decision.path("id").asText());
  }

  private static String outcome(JsonNode decision) {
    if (!decision.has("ended")) {
      return "under way";
    }
    JsonNode ended = decision.path("ended");
    String refusal = ended.path("refusal").asText("");
    String place = ended.path("destination").asText("none");
    String upstream = ended.path("upstream").asText("");
    String what = !refusal.isEmpty() ? "refused " + refusal : place.equals("none") ? "the caller left" : place.toUpperCase(Locale.ROOT);
    return what + (upstream.isEmpty() ? "" : " " + upstream) + "  cache " + ended.path("cache").asText() + "  " + ended.path("attempts").asInt()
        + (ended.path("attempts").asInt() == 1 ? " attempt  " : " attempts  ") + ended.path("duration_ms").asLong() + " ms";
  }

  private static String upper(JsonNode node, String key) {
    return node.path(key).asText().toUpperCase(Locale.ROOT);
  }
}
