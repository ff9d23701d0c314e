package io.tidegate.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.List;

/**
 * Whether more findings can only make a condition match, as is true of rules with types. A negation, a comparison from above or a look at one place of
 * the list can unmatch by a finding more: with such a rule about, a new detector may lower a request. Only the usual forms are recognised; anything else
 * counts as not proven.
 */
final class CelMonotony {
  private CelMonotony() {}

  static boolean proven(CelAbstractSyntaxTree tree) {
    return rises(CelNavigableAst.fromAst(tree).getRoot().expr());
  }

  private static boolean rises(CelExpr expr) {
    if (!readsFindings(expr)) {
      return true;
    }
    return switch (expr.exprKind().getKind()) {
      case CALL -> call(expr.call());
      case COMPREHENSION -> exists(expr.comprehension());
      default -> false;
    };
  }

  private static boolean call(CelExpr.CelCall call) {
    List<CelExpr> arguments = call.args();
    return switch (call.function()) {
      case "_&&_", "_||_" -> arguments.stream().allMatch(CelMonotony::rises);
      case "_>=_", "_>_" -> counts(arguments.get(0)) && !readsFindings(arguments.get(1));
      case "_<=_", "_<_" -> counts(arguments.get(1)) && !readsFindings(arguments.get(0));
      case "has" -> call.target().map(CelMonotony::isFindings).orElse(false) && arguments.stream().noneMatch(CelMonotony::readsFindings);
      default -> false;
    };
  }

  /** A number that grows with the findings. */
  private static boolean counts(CelExpr expr) {
    if (expr.exprKind().getKind() != Kind.CALL) {
      return false;
    }
    CelExpr.CelCall call = expr.call();
    return switch (call.function()) {
      case "distinct" -> call.target().map(CelMonotony::isFindings).orElse(false) && call.args().stream().noneMatch(CelMonotony::readsFindings);
      case "size" -> call.target().map(CelMonotony::isFindings).orElse(false) && call.args().isEmpty()
          || call.target().isEmpty() && call.args().size() == 1 && isFindings(call.args().get(0));
      default -> false;
    };
  }

  /** What {@code findings.exists(f, …)} becomes: starts with false, and goes on with "or". */
  private static boolean exists(CelExpr.CelComprehension loop) {
    CelExpr start = loop.accuInit();
    CelExpr step = loop.loopStep();
    boolean startsFalse = start.exprKind().getKind() == Kind.CONSTANT && start.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
        && !start.constant().booleanValue();
    boolean or = step.exprKind().getKind() == Kind.CALL && step.call().function().equals("_||_") && step.call().args().size() == 2
        && isIdent(step.call().args().get(0), loop.accuVar()) && !mentions(step.call().args().get(1), loop.accuVar());
    return isFindings(loop.iterRange()) && startsFalse && or && isIdent(loop.result(), loop.accuVar())
        && !loop.iterVar().equals(CelVocabulary.FINDINGS) && !readsFindings(step);
  }

  private static boolean isFindings(CelExpr expr) {
    return isIdent(expr, CelVocabulary.FINDINGS);
  }

  private static boolean isIdent(CelExpr expr, String name) {
    return expr.exprKind().getKind() == Kind.IDENT && expr.ident().name().equals(name);
  }

  private static boolean readsFindings(CelExpr expr) {
    return mentions(expr, CelVocabulary.FINDINGS);
  }

  private static boolean mentions(CelExpr expr, String name) {
    return CelNavigableExpr.fromExpr(expr).allNodes().map(CelNavigableExpr::expr).anyMatch(node -> isIdent(node, name));
  }
}
