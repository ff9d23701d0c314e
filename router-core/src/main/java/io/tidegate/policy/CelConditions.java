package io.tidegate.policy;

import com.google.protobuf.DynamicMessage;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelVariableResolver;
import io.tidegate.model.Caller;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Problem;
import io.tidegate.model.Sensitivity;
import io.tidegate.yaml.Suggestion;
import io.tidegate.yaml.YamlText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Conditions in the Common Expression Language. The only class besides {@link CelVocabulary} and {@link CelReading} that knows CEL; it is loaded
 * when the first condition is compiled, since that costs 0.3 s of a start.
 */
final class CelConditions implements ConditionCompiler {
  /** Bounds of one expression. Source: classification.md, section 5. */
  static final int MAX_CHARACTERS = 4_096;

  static final int MAX_DEPTH = 32;
  static final int MAX_ITERATIONS = 10_000;
  static final int MAX_REGEX_PROGRAM = 2_000;

  private final CelCompiler compiler;
  private final CelRuntime runtime;
  private final Set<String> knownTypes;

  /** @param knownTypes entity types that detectors may report */
  CelConditions(Set<String> knownTypes) {
    this.knownTypes = knownTypes;
    CelOptions options = CelOptions.current().maxExpressionCodePointSize(MAX_CHARACTERS).maxParseRecursionDepth(MAX_DEPTH)
        .comprehensionMaxIterations(MAX_ITERATIONS).maxRegexProgramSize(MAX_REGEX_PROGRAM).enableHeterogeneousNumericComparisons(true).build();
    CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder().setOptions(options)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .addMacros(CelMacro.newReceiverVarArgMacro("distinct", (factory, target, arguments) -> arguments.size() == 1
            && arguments.get(0).exprKind().getKind() == CelExpr.ExprKind.Kind.LIST ? Optional.empty()
            : Optional.of(factory.newReceiverCall("distinct", target, factory.newList(arguments)))))
        .addMessageTypes(CelVocabulary.FINDING).setResultType(SimpleType.BOOL)
        .addVar(CelVocabulary.FINDINGS, ListType.create(CelVocabulary.FINDING_TYPE));
    CelVocabulary.VARIABLES.forEach(builder::addVar);
    CelVocabulary.CONSTANTS.keySet().forEach(name -> builder.addVar(name, SimpleType.INT));
    builder.addFunctionDeclarations(
        CelFunctionDecl.newFunctionDeclaration("has", CelOverloadDecl.newMemberOverload("findings_has", SimpleType.BOOL,
            ListType.create(CelVocabulary.FINDING_TYPE), SimpleType.STRING)),
        CelFunctionDecl.newFunctionDeclaration("distinct", CelOverloadDecl.newMemberOverload("findings_distinct", SimpleType.INT,
            ListType.create(CelVocabulary.FINDING_TYPE), ListType.create(SimpleType.STRING))));
    this.compiler = builder.build();
    this.runtime = CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(options).addMessageTypes(CelVocabulary.FINDING).addFunctionBindings(
        CelFunctionBinding.from("findings_has", Collection.class, String.class, CelConditions::hasLikely),
        CelFunctionBinding.from("findings_distinct", Collection.class, Collection.class, CelConditions::countDistinct)).build();
  }

  @Override
  public Optional<Condition> compile(YamlText source, List<Problem> problems) {
    if (source.text().codePointCount(0, source.text().length()) > MAX_CHARACTERS) {
      problems.add(source.position().problem("the condition is longer than " + MAX_CHARACTERS + " characters", "make several rules of it"));
      return Optional.empty();
    }
    try {
      CelAbstractSyntaxTree tree = compiler.compile(source.text()).getAst();
      CelReading reading = CelReading.of(tree);
      if (!reading.check(source, knownTypes, problems)) {
        return Optional.empty();
      }
      CelRuntime.Program program = runtime.createProgram(tree);
      return Optional.of(new CelCondition(program, source.text().strip(), CelMonotony.proven(tree), CelTruth.of(tree.getExpr()), reading.facts(),
          reading.readsFindingsOnly() && falseWithoutFindings(program)));
    } catch (CelValidationException e) {
      // After a syntax error the parser guesses; what it says next only confuses.
      boolean syntax = e.getErrors().stream().anyMatch(issue -> issue.getMessage().contains("input '") || issue.getMessage()
          .contains("token recognition"));
      e.getErrors().stream().limit(syntax ? 1 : Long.MAX_VALUE).forEach(issue -> problems.add(problem(source, issue)));
      return Optional.empty();
    } catch (CelEvaluationException e) {
      problems.add(source.position().problem("the condition cannot be planned", "write it in a simpler way"));
      return Optional.empty();
    }
  }

  private static Problem problem(YamlText source, CelIssue issue) {
    CelSourceLocation where = issue.getSourceLocation();
    String message = issue.getMessage();
    return source.at(Math.max(1, where.getLine()), Math.max(1, where.getColumn() + 1))
        .problem("the condition is not valid: " + firstLine(message), fix(message));
  }

  private static String fix(String message) {
    if (message.contains("undeclared reference to '")) {
      String name = message.substring(message.indexOf('\'') + 1, message.indexOf('\'', message.indexOf('\'') + 1));
      Set<String> known = new HashSet<>(CelVocabulary.VARIABLES.keySet());
      known.add(CelVocabulary.FINDINGS);
      known.addAll(CelVocabulary.CONSTANTS.keySet());
      return Suggestion.near(name, known.stream().sorted().toList()).map(word -> "did you mean '" + word + "'?")
          .orElse("use findings, " + String.join(", ", CelVocabulary.VARIABLES.keySet().stream().sorted().toList())
              + " or a constant such as LIKELY");
    }
    if (message.contains("undefined field '")) {
      return "a finding has type, likelihood and detector";
    }
    if (message.contains("expected type 'bool' but found")) {
      return "the condition must be true or false: compare the value with something";
    }
    if (message.contains("no matching overload for")) {
      return "compare values of one kind: types and names are texts in quotes, likelihood, declared and latency are constants such as LIKELY";
    }
    if (message.contains("token recognition error at: '=")) {
      return "compare with '==', not with '='";
    }
    if (message.contains("recursion") || message.contains("depth")) {
      return "nest less than " + MAX_DEPTH + " deep; make several rules of it";
    }
    return "correct the expression, for example: findings.exists(f, f.type == 'CN_ID' && f.likelihood >= LIKELY)";
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    String line = (end < 0 ? message : message.substring(0, end)).replace(" (in container '')", "");
    int aside = line.indexOf(" (candidates:");
    line = aside < 0 ? line : line.substring(0, aside);
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  private static boolean falseWithoutFindings(CelRuntime.Program program) {
    Facts nothing = new Facts(Findings.NONE, Caller.DEFAULT, Operation.CHAT, "", false, false, Sensitivity.PUBLIC, null, 0, 0);
    try {
      return Boolean.FALSE.equals(program.eval(new View(new ConditionFacts(nothing, List.of(), LatencyClass.STANDARD))));
    } catch (CelEvaluationException e) {
      return false;
    }
  }

  private static boolean hasLikely(Collection<?> findings, String type) {
    for (Object finding : findings) {
      if (finding instanceof DynamicMessage message && CelVocabulary.likelihoodOf(message) >= Likelihood.LIKELY.ordinal()
          && CelVocabulary.typeOf(message).equals(type)) {
        return true;
      }
    }
    return false;
  }

  private static long countDistinct(Collection<?> findings, Collection<?> types) {
    Set<Object> left = new HashSet<>(new ArrayList<>(types));
    int before = left.size();
    for (Object finding : findings) {
      if (finding instanceof DynamicMessage message && CelVocabulary.likelihoodOf(message) >= Likelihood.POSSIBLE.ordinal()) {
        left.remove(CelVocabulary.typeOf(message));
      }
    }
    return before - left.size();
  }

  /** Looks a name up only when the expression reads it. */
  private record View(ConditionFacts facts) implements CelVariableResolver {
    @Override
    public Optional<Object> find(String name) {
      return Optional.ofNullable(CelVocabulary.value(name, facts));
    }
  }

  private record CelCondition(CelRuntime.Program program, String source, boolean monotone, Truth truth, Set<String> reads, boolean falseWithoutFindings) implements Condition {
    @Override
    public boolean holds(ConditionFacts facts) throws CelEvaluationException {
      // Anything but a plain false (an unknown, say) counts as matched.
      return !Boolean.FALSE.equals(program.eval(new View(facts)));
    }
  }
}
