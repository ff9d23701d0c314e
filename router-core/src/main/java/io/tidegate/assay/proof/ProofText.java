package io.tidegate.assay.proof;

import io.tidegate.assay.world.Performance;
import io.tidegate.assay.world.Performance.Sent;
import io.tidegate.decide.Decision;
import io.tidegate.model.Caller;
import io.tidegate.model.Zone;
import io.tidegate.wire.JsonWriter;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A proof in words, and as JSON. Holds no text of any content. */
public final class ProofText {
  private ProofText() {}

  /** For people. */
  public static void print(Proof proof, PrintWriter out) {
    out.println("policy " + proof.version() + ", digest " + proof.digest());
    out.println(count(proof.decisions()) + " decisions, " + count(proof.states()) + " states walked" + (proof.whole() ? "" : " (not all: time ran out)") + ", "
        + proof.identities() + (proof.identities() == 1 ? " identity" : " identities") + " that the policy tells apart");
    proof.outcomes().forEach((outcome, number) -> out.printf(Locale.ROOT, "  %-36s %,12d%n", outcome, number));
    proof.notes().forEach(note -> out.println("note: " + note));
    print(proof.examples(), out);
    if (!proof.examples().isEmpty()) {
      out.println();
    }
    out.println(proof.holds() ? "0 leaks" : count(proof.leaks()) + " states leak, by " + proof.examples().size()
        + (proof.examples().size() == 1 ? " cause" : " causes"));
    out.flush();
  }

  /** Counter-examples alone. */
  static void print(List<Proof.CounterExample> examples, PrintWriter out) {
    int number = 0;
    for (Proof.CounterExample example : examples) {
      out.println();
      out.println("counter-example " + ++number + ": " + example.violation());
      line(out, "who", example.who());
      line(out, "content", example.content());
      line(out, "request", example.request());
      line(out, "decided", example.decided());
      line(out, "route", example.route());
      line(out, "world", example.world());
      line(out, "sent", example.sent());
      line(out, "because", example.cause());
      line(out, "change", example.fix());
    }
  }

  /** For machines. */
  public static byte[] json(Proof proof) {
    JsonWriter out = new JsonWriter().beginObject().key("policy").string(proof.version()).key("digest").string(proof.digest()).key("holds")
        .bool(proof.holds()).key("leaks").number(proof.leaks()).key("decisions").number(proof.decisions()).key("states").number(proof.states())
        .key("whole").bool(proof.whole()).key("identities").number(proof.identities()).key("outcomes").beginObject();
    for (Map.Entry<String, Long> outcome : proof.outcomes().entrySet()) {
      out.key(outcome.getKey()).number(outcome.getValue());
    }
    out.endObject().key("notes").beginArray();
    proof.notes().forEach(out::string);
    out.endArray().key("counterExamples").beginArray();
    for (Proof.CounterExample example : proof.examples()) {
      out.beginObject().key("violation").string(example.violation()).key("who").string(example.who()).key("content").string(example.content())
          .key("request").string(example.request()).key("decided").string(example.decided()).key("route").string(example.route())
          .key("world").string(example.world()).key("sent").string(example.sent()).key("because").string(example.cause())
          .key("change").string(example.fix()).endObject();
    }
    return out.endArray().endObject().toBytes();
  }

  static Proof.CounterExample example(Leak leak) {
    Ask ask = leak.ask();
    ContentKind content = ask.content();
    Decision decision = leak.seen().decision();
    return new Proof.CounterExample(leak.violation().words(), who(ask.caller()),
        content.words() + (content.least().compareTo(io.tidegate.model.Sensitivity.CONFIDENTIAL) >= 0
            ? ": " + content.least() + " whatever the policy says, " + content.why() : ""),
        ask.words(), decision == null ? "nothing" : decided(decision), decision == null ? "none" : route(decision), leak.world().toString(),
        sent(leak.seen()), leak.cause(), leak.fix());
  }

  private static String who(Caller caller) {
    return "tenant " + caller.tenant() + ", caller " + caller.name() + (caller.groups().isEmpty() ? "" : ", groups " + caller.groups().stream().sorted()
        .collect(Collectors.joining(" ")));
  }

  private static String decided(Decision decision) {
    return decision.sensitivity() + ", " + decision.latencyClass() + "; " + (decision.rules().isEmpty() ? "no rule fired"
        : "fired: " + String.join(", ", decision.rules()));
  }

  private static String route(Decision decision) {
    return decision.route().isEmpty() ? "nowhere" : decision.route().stream().map(to -> to.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", "));
  }

  private static String sent(Performance seen) {
    String tries = seen.sent().stream().map(ProofText::sent).collect(Collectors.joining("; then "));
    return (tries.isEmpty() ? "to nobody" : tries) + "; " + (seen.heldBack() > 0 ? "held back before " + seen.heldBack()
        + (seen.heldBack() == 1 ? " PUBLIC upstream; " : " PUBLIC upstreams; ") : "") + seen.outcome() + (seen.cached() == null ? "" : "; kept in the cache of " + seen.cached().sharingGroup());
  }

  private static String sent(Sent sent) {
    return "to " + sent.upstream() + " (" + sent.zone() + (sent.zone() == Zone.PUBLIC ? sent.marked() ? ", the content as it stood" : ", without the content" : "")
        + (sent.zone() == Zone.PUBLIC && !sent.recorded() ? ", no record of it" : "") + ")";
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("  %-9s%s%n", name, value);
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
