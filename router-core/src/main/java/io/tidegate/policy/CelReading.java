package io.tidegate.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import io.tidegate.model.Problem;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a checked expression reads, and mistakes in it that CEL itself finds only at run time, or never. */
final class CelReading {
  private final CelAbstractSyntaxTree tree;
  private final Set<String> variables = new HashSet<>();
  private final List<CelExpr> typeWords = new ArrayList<>();
  private final List<CelExpr> patterns = new ArrayList<>();

  private CelReading(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  static CelReading of(CelAbstractSyntaxTree tree) {
    CelReading reading = new CelReading(tree);
    CelNavigableAst.fromAst(tree).getRoot().allNodes().map(CelNavigableExpr::expr).forEach(reading::visit);
    return reading;
  }

  /** True if the outcome depends on nothing but the findings. A loop variable that has a fact's name counts as that fact. */
  boolean readsFindingsOnly() {
    return variables.stream().noneMatch(CelVocabulary.VARIABLES::containsKey);
  }

  /** Names of the variables, besides the findings, that the expression reads. */
  Set<String> facts() {
    return variables.stream().filter(CelVocabulary.VARIABLES::containsKey).collect(Collectors.toUnmodifiableSet());
  }

  /** Reports misspelt entity types and bad patterns; false if there are any. */
  boolean check(YamlText source, Set<String> knownTypes, List<Problem> problems) {
    int before = problems.size();
    for (CelExpr word : typeWords) {
      if (word.exprKind().getKind() != Kind.CONSTANT || word.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
        continue;
      }
      String type = word.constant().stringValue();
      if (!knownTypes.contains(type)) {
        problems.add(at(source, word).problem("no detector reports the entity type '" + type + "', so this can never be true",
            TypeNames.fix(type, knownTypes)));
      }
    }
    for (CelExpr pattern : patterns) {
      if (pattern.exprKind().getKind() != Kind.CONSTANT) {
        problems.add(at(source, pattern).problem("the pattern of matches() is put together at run time", "write it as one text in quotes"));
        continue;
      }
      try {
        if (Pattern.compile(pattern.constant().stringValue()).programSize() > CelConditions.MAX_REGEX_PROGRAM) {
          problems.add(at(source, pattern).problem("the pattern of matches() is too large", "use smaller repeat counts"));
        }
      } catch (PatternSyntaxException e) {
        problems.add(at(source, pattern).problem("the pattern of matches() is not valid RE2: " + e.getDescription(),
            "correct the pattern; look-around and back-references do not exist"));
      }
    }
    return problems.size() == before;
  }

  private void visit(CelExpr expr) {
    switch (expr.exprKind().getKind()) {
      case IDENT -> variables.add(expr.ident().name());
      case CALL -> call(expr.call());
      default -> { }
    }
  }

  private void call(CelExpr.CelCall call) {
    switch (call.function()) {
      case "_==_", "_!=_" -> {
        if (isTypeField(call.args().get(0))) {
          typeWords.add(call.args().get(1));
        } else if (isTypeField(call.args().get(1))) {
          typeWords.add(call.args().get(0));
        }
      }
      case "@in" -> {
        if (isTypeField(call.args().get(0)) && call.args().get(1).exprKind().getKind() == Kind.LIST) {
          typeWords.addAll(call.args().get(1).list().elements());
        }
      }
      case "has" -> typeWords.addAll(call.args());
      case "distinct" -> call.args().stream().filter(arg -> arg.exprKind().getKind() == Kind.LIST)
          .forEach(arg -> typeWords.addAll(arg.list().elements()));
      case "matches" -> patterns.add(call.args().get(call.args().size() - 1));
      default -> { }
    }
  }

  private boolean isTypeField(CelExpr expr) {
    return expr.exprKind().getKind() == Kind.SELECT && expr.select().field().equals("type");
  }

  private YamlPosition at(YamlText source, CelExpr expr) {
    CelSourceLocation where = tree.getSource().getOffsetLocation(tree.getSource().getPositionsMap().getOrDefault(expr.id(), 0))
        .orElse(CelSourceLocation.of(1, 0));
    return source.at(Math.max(1, where.getLine()), where.getColumn() + 1);
  }
}
