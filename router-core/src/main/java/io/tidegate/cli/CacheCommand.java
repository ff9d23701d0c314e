package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.config.Environment;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows and purges the edge cache of a running daemon. */
@Command(name = "tidegate cache",
    description = "status: how a running daemon's edge cache fares. purge: removes cached answers from it, and from the shared layer if there is one.")
final class CacheCommand implements Callable<Integer> {
  /** More than the daemon gives itself. */
  private static final int SECONDS = 130;

  enum Verb { STATUS, PURGE }

  @Parameters(index = "0", paramLabel = "status|purge", description = "What to do.")
  Verb verb = Verb.STATUS;

  @Option(names = "--all", description = "purge: everything.")
  boolean all;

  @Option(names = "--tenant", paramLabel = "NAME", description = "purge: answers to this tenant's requests.")
  @Nullable String tenant;

  @Option(names = "--model", paramLabel = "NAME", description = "purge: answers of this model, as its upstream was asked for it.")
  @Nullable String model;

  @Option(names = "--policy", paramLabel = "DIGEST", description = "purge: answers stored under this bundle.")
  @Nullable String policy;

  @Option(names = "--session", paramLabel = "ID", description = "purge: answers of this conversation of --tenant.")
  @Nullable String session;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin OperatorCall daemon = new OperatorCall();

  private final Environment environment;
  private final Terminal terminal;

  CacheCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    boolean some = tenant != null || model != null || policy != null || session != null;
    if (verb == Verb.PURGE && all == some || verb == Verb.STATUS && (all || some)) {
      terminal.err().println(verb == Verb.STATUS ? "status takes nothing to purge by" : "say what to purge: --all, or one or more of --tenant, --model, --policy, --session");
      return Exit.USAGE;
    }
    if (session != null && tenant == null) {
      terminal.err().println("a session is one of a tenant's: add --tenant");
      return Exit.USAGE;
    }
    return daemon.ask(environment, terminal, this::ask);
  }

  private int ask(AdminClient client, @Nullable String key) throws IOException {
    AdminClient.Answer answer = verb == Verb.STATUS ? client.get("/admin/cache") : client.post("/admin/cache/purge?" + query(), SECONDS, key);
    if (answer.status() != 200) {
      terminal.err().println(answer.body().strip());
      return Exit.FOUND;
    }
    JsonNode told = new ObjectMapper().readTree(answer.body());
    terminal.out().println(json ? answer.body().strip() : verb == Verb.STATUS ? status(told) : purged(told));
    return told.has("shared_failed") || told.has("noted_failed") ? Exit.FOUND : Exit.GOOD;
  }

  private String query() {
    StringJoiner query = new StringJoiner("&");
    if (all) {
      query.add("all");
    }
    add(query, "tenant", tenant);
    add(query, "model", model);
    add(query, "policy", policy);
    add(query, "session", session);
    return query.toString();
  }

  private static void add(StringJoiner query, String name, @Nullable String value) {
    if (value != null) {
      query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  private static String purged(JsonNode told) {
    String memory = "removed " + told.path("memory").asLong() + " from this daemon's memory" + (told.has("noted_failed") ? " (" + told.path("noted_failed").asText() + ")" : "");
    if (told.has("shared_failed")) {
      return memory + "; the shared layer: " + told.path("shared_failed").asText();
    }
    return told.has("shared") ? memory + ", " + told.path("shared").asLong() + " from the shared layer" : memory;
  }

  private static String status(JsonNode told) {
    StringBuilder out = new StringBuilder();
    out.append("memory  ").append(told.path("entries").asLong()).append(" answers, ").append(told.path("bytes").asLong()).append(" bytes; ")
        .append(told.path("hits").asLong()).append(" found, ").append(told.path("misses").asLong()).append(" not; ").append(told.path("refreshes").asLong())
        .append(" refreshed, ").append(told.path("not_worth_storing").asLong()).append(" not worth storing");
    JsonNode shared = told.path("shared");
    if (!shared.isMissingNode()) {
      String state = !shared.path("connected").asBoolean() ? "not connected" : shared.path("given_up").asBoolean() ? "too slow, not asked now" : "connected";
      out.append("\nshared  ").append(shared.path("address").asText()).append(", ").append(state).append("; ").append(shared.path("hits").asLong())
          .append(" found, ").append(shared.path("misses").asLong()).append(" not, ").append(shared.path("late").asLong()).append(" late, ")
          .append(shared.path("failed").asLong() + shared.path("full").asLong()).append(" not asked or failed; ").append(shared.path("stored").asLong()).append(" stored");
    }
    return out.toString();
  }
}
