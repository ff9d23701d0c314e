package io.tidegate.assay.proof;

import io.tidegate.assay.world.Performance;
import io.tidegate.assay.world.Rehearsal;
import io.tidegate.assay.world.World;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.model.Caller;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.Verdict.CacheRights;
import io.tidegate.time.Pace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Goes through the states: first every decision, then walks of each kind of content in the most telling worlds, then walks of each shape of decision
 * in every world. Confined to one thread; used once.
 */
final class Prover {
  /** An identity that no policy names. */
  static final Caller OTHER = new Caller("tenant-that-nobody-names", "stranger");

  private static final int MAX_EXAMPLES = 20;
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final Instant NIGHT = Instant.parse("2026-01-04T02:30:00Z");

  private final Decider decider;
  private final Classifier classifier;
  private final ScriptedDetector script;
  private final Rehearsal rehearsal;
  private final PolicySources sources;
  private final Oracle oracle;
  private final Diagnosis diagnosis;
  private final Pace pace;
  private final Prompts prompts = new Prompts();

  private final Map<String, Long> outcomes = new TreeMap<>();
  private final Map<String, Leak> leaks = new LinkedHashMap<>();
  private final Map<Shape, Ask> shapes = new LinkedHashMap<>();
  private final Set<Ask> told = new HashSet<>();
  private final Map<String, Set<String>> leaving = new TreeMap<>();
  private boolean decidedAll = true;
  private long leaking;
  private long decisions;
  private long states;

  /** What a walk can depend on: two requests of one shape fare alike in every world. */
  private record Shape(Sensitivity strict, Sensitivity sensitivity, LatencyClass latencyClass, List<?> steps, CacheRights cacheRights, boolean durable,
      boolean sampled, boolean stream) {}

  Prover(Decider decider, Classifier classifier, ScriptedDetector script, Rehearsal rehearsal, PolicySources sources, Set<String> accepted,
      Pace pace) {
    this.decider = decider;
    this.classifier = classifier;
    this.script = script;
    this.rehearsal = rehearsal;
    this.sources = sources;
    this.oracle = new Oracle(sources, accepted);
    this.diagnosis = new Diagnosis(sources);
    this.pace = pace;
  }

  /**
   * @param everyWorld whether each shape of decision is walked through every world, or through the most telling ones
   * @param timeLeft asked now and then; when it says no, what was not walked yet is left out
   */
  Proof prove(boolean everyWorld, BooleanSupplier timeLeft) {
    List<ContentKind> contents = Contents.all(sources.types());
    List<Caller> identities = decideAll(contents, true, () -> true);
    boolean whole = walkContents(contents, identities, timeLeft) && walkShapes(everyWorld ? Worlds.every() : Worlds.telling(), timeLeft);
    return proof(identities, whole);
  }

  /** The least that is worth its time: what must not leave, decided for everybody, and a walk through the most telling worlds of each shape. */
  Proof sample(BooleanSupplier timeLeft) {
    List<ContentKind> contents = Contents.scripted(sources.types()).stream()
        .filter(content -> content.least().compareTo(Sensitivity.CONFIDENTIAL) >= 0 || content.found().isEmpty()).toList();
    List<Caller> identities = decideAll(contents, sources.hasConditions(), timeLeft);
    boolean whole = walkShapes(Worlds.telling(), timeLeft) && decidedAll;
    return proof(identities, whole);
  }

  private Proof proof(List<Caller> identities, boolean whole) {
    List<Proof.CounterExample> examples = leaks.values().stream().sorted((a, b) -> a.violation().compareTo(b.violation())).limit(MAX_EXAMPLES)
        .map(ProofText::example).toList();
    return new Proof(decider.bundle().digest(), decider.bundle().version(), decisions, states, outcomes, identities.size(), leaking, examples,
        notes(), whole);
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    leaving.forEach((type, tenants) -> notes.add(type + " may leave for PUBLIC, " + (tenants.contains(OTHER.tenant()) ? "from everybody"
        : "from tenant " + String.join(", ", tenants))));
    return notes;
  }

  /** Decides every request of every identity; gives one identity of each that the policy tells apart. */
  private List<Caller> decideAll(List<ContentKind> contents, boolean everyAsk, BooleanSupplier timeLeft) {
    List<Caller> all = new ArrayList<>(List.of(Caller.DEFAULT, OTHER));
    sources.callers().stream().filter(caller -> !all.contains(caller)).forEach(all::add);
    Map<ContentKind, Map<Operation, Findings>> findings = scanAll(contents);
    Map<List<Integer>, Caller> apart = new LinkedHashMap<>();
    for (Caller caller : all) {
      if (!apart.isEmpty() && !timeLeft.getAsBoolean()) {
        decidedAll = false;
        break;
      }
      List<Integer> verdicts = new ArrayList<>();
      for (ContentKind content : contents) {
        pace.step();
        for (Map.Entry<Operation, Findings> scanned : findings.getOrDefault(content, Map.of()).entrySet()) {
          for (Ask ask : everyAsk ? asks(content, caller, scanned.getKey()) : fewAsks(content, caller, scanned.getKey())) {
            verdicts.add(decide(ask, scanned.getValue()));
          }
        }
      }
      apart.putIfAbsent(verdicts, caller);
    }
    return List.copyOf(apart.values());
  }

  private Map<ContentKind, Map<Operation, Findings>> scanAll(List<ContentKind> contents) {
    Map<ContentKind, Map<Operation, Findings>> all = new HashMap<>();
    for (ContentKind content : contents) {
      pace.step();
      script.show(content);
      Map<Operation, Findings> byOperation = new TreeMap<>();
      for (Operation operation : Operation.values()) {
        if (content.form() == ContentKind.Form.TEXT || operation == Operation.CHAT) {
          Classifier.Scan scan = classifier.begin(prompts.of(content, operation, "auto", false).json());
          while (!scan.run(Long.MAX_VALUE)) {
            // A scan ends by its own budget.
          }
          byOperation.put(operation, scan.findings());
        }
      }
      all.put(content, byOperation);
    }
    return all;
  }

  private List<Ask> asks(ContentKind content, Caller caller, Operation operation) {
    List<Ask> asks = new ArrayList<>();
    for (Instant now : sources.readsTime() ? List.of(NOON, NIGHT) : List.of(NOON)) {
      for (LatencyClass wish : LatencyClass.values()) {
        for (boolean sampled : new boolean[] {false, true}) {
          for (String model : List.of("auto", Rehearsal.publicModel())) {
            for (boolean stream : operation == Operation.EMBEDDING ? new boolean[] {false} : new boolean[] {false, true}) {
              asks.add(new Ask(content, caller, operation, model, stream, sampled, wish, now));
            }
          }
        }
      }
    }
    return asks;
  }

  /** Enough where no rule reads anything but findings. */
  private static List<Ask> fewAsks(ContentKind content, Caller caller, Operation operation) {
    List<Ask> asks = new ArrayList<>();
    for (LatencyClass wish : operation == Operation.CHAT ? List.of(LatencyClass.values()) : List.of(LatencyClass.STANDARD)) {
      asks.add(new Ask(content, caller, operation, "auto", false, false, wish, NOON));
    }
    return asks;
  }

  /** Decides, judges and remembers the shape; gives what tells this decision from others. */
  private int decide(Ask ask, Findings findings) {
    decisions++;
    Decision decision = decider.decide(ask.request(prompts), findings, ask.now());
    Optional<Violation> violation = oracle.judge(ask, decision);
    if (violation.isPresent()) {
      show(violation.get(), ask, decision);
    } else if (ask.content().type() != null && Nature.personal(ask.content().type()) && decision.opens(Zone.PUBLIC)
        && ask.content().found().stream().anyMatch(found -> found.likelihood().compareTo(io.tidegate.model.Likelihood.LIKELY) >= 0)) {
      leaving.computeIfAbsent(ask.content().type(), type -> new LinkedHashSet<>()).add(ask.caller().tenant());
    }
    if (ask.operation() == Operation.CHAT && ask.model().equals("auto")) {
      shapes.putIfAbsent(shape(ask, decision), ask);
    }
    return 31 * (31 * decision.steps().hashCode() + decision.cacheRights().hashCode()) + 31 * decision.rules().hashCode() + decision.sensitivity().hashCode();
  }

  private Shape shape(Ask ask, Decision decision) {
    CacheRights rights = decision.cacheRights();
    boolean cacheable = rights.read() || rights.store();
    // What a tenant has to itself is alike for all tenants.
    String group = rights.sharingGroup().equals("tenant:" + ask.caller().tenant()) ? "tenant" : rights.sharingGroup();
    return new Shape(oracle.least(ask).join(decision.sensitivity()), decision.sensitivity(), decision.latencyClass(), decision.steps(),
        rights.inside(group), decision.auditDurable(),
        cacheable && !rights.sampled() && ask.sampled(), ask.stream());
  }

  /** Looks for a world in which a wrong decision comes true, so that the example can be followed. */
  private void show(Violation violation, Ask ask, Decision decision) {
    leaking++;
    Diagnosis.Finding why = diagnosis.of(violation, ask, decision);
    if (leaks.containsKey(why.cause()) || leaks.size() >= 10 * MAX_EXAMPLES) {
      return;
    }
    Leak shown = null;
    for (World world : Worlds.telling()) {
      Performance seen = perform(ask, world);
      Optional<Violation> came = oracle.judge(ask, world, seen);
      if (came.filter(violation::equals).isPresent()) {
        shown = new Leak(violation, ask, world, seen, why.cause(), why.fix());
        break;
      }
      if (shown == null && came.isPresent()) {
        shown = new Leak(came.get(), ask, world, seen, why.cause(), why.fix());
      }
    }
    leaks.put(why.cause(), shown != null ? shown : new Leak(violation, ask, World.WELL, perform(ask, World.WELL), why.cause(), why.fix()));
  }

  private boolean walkContents(List<ContentKind> contents, List<Caller> identities, BooleanSupplier timeLeft) {
    List<World> worlds = Worlds.telling();
    for (Caller caller : identities) {
      for (ContentKind content : contents) {
        for (LatencyClass wish : LatencyClass.values()) {
          for (boolean stream : new boolean[] {false, true}) {
            if (!timeLeft.getAsBoolean()) {
              return false;
            }
            Ask ask = new Ask(content, caller, Operation.CHAT, "auto", stream, true, wish, NOON);
            told.add(ask);
            walkAll(ask, worlds);
          }
        }
      }
    }
    return true;
  }

  private boolean walkShapes(List<World> worlds, BooleanSupplier timeLeft) {
    Set<World> telling = Set.copyOf(Worlds.telling());
    for (Map.Entry<Shape, Ask> shape : shapes.entrySet()) {
      if (!timeLeft.getAsBoolean()) {
        return false;
      }
      boolean durable = shape.getKey().durable();
      boolean walked = told.contains(shape.getValue());
      // A record that is slow to reach the disk is like a good one for whom it need not reach it; and nothing is counted twice.
      walkAll(shape.getValue(), worlds.stream().filter(world -> (durable || world.state().audit() != CaseWorld.Audit.SLOW)
          && !(walked && telling.contains(world))).toList());
    }
    return true;
  }

  private void walkAll(Ask ask, List<World> worlds) {
    remember(ask);
    for (World world : worlds) {
      pace.step();
      Performance seen = perform(ask, world);
      states++;
      outcomes.merge(seen.outcome(), 1L, Long::sum);
      Optional<Violation> violation = oracle.judge(ask, world, seen);
      if (violation.isPresent()) {
        leaking++;
        Decision decision = seen.decision();
        Diagnosis.Finding why = decision == null ? new Diagnosis.Finding("nothing was decided", "this is a defect of the router: report it")
            : diagnosis.of(violation.get(), ask, decision);
        // Of one cause the worst is shown.
        leaks.merge(why.cause(), new Leak(violation.get(), ask, world, seen, why.cause(), why.fix()),
            (known, next) -> next.violation().compareTo(known.violation()) < 0 ? next : known);
      }
    }
  }

  private void remember(Ask ask) {
    script.show(ask.content());
    rehearsal.forget();
    rehearsal.watch(ask.content().marker(), ask.now());
    ModelRequest own = ask.request(prompts);
    rehearsal.remember(own, false);
    rehearsal.remember(ask.request(prompts, ask.caller().tenant().equals(OTHER.tenant()) ? Caller.DEFAULT : OTHER), true);
  }

  private Performance perform(Ask ask, World world) {
    script.show(ask.content());
    rehearsal.watch(ask.content().marker(), ask.now());
    return rehearsal.walk(ask.request(prompts), world);
  }
}
