package io.tidegate.policy;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.policy.Condition.Truth;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a condition before any request: that it never holds, or always does. Numbers are followed as ranges ({@code latency} is 0 to
 * 2, an hour 0 to 23), the rest by its form. Where it says so it is proven; {@link Truth#DEPENDS} may also mean that nobody looked far enough.
 */
final class CelTruth {
  private static final Map<String, Range> VARIABLES = Map.of("bodyBytes", Range.NATURAL, "messages", Range.NATURAL, "deadlineMillis", Range.NATURAL,
      "declared", new Range(0, 3), "latency", new Range(0, 2));
  private static final Map<String, Range> CALLS = Map.ofEntries(Map.entry("size", Range.NATURAL), Map.entry("getHours", new Range(0, 23)),
      Map.entry("getMinutes", new Range(0, 59)), Map.entry("getSeconds", new Range(0, 59)), Map.entry("getDayOfWeek", new Range(0, 6)),
      Map.entry("getDate", new Range(1, 31)), Map.entry("getDayOfMonth", new Range(0, 30)), Map.entry("getMonth", new Range(0, 11)),
      Map.entry("getDayOfYear", new Range(0, 365)));

  private CelTruth() {}

  /** Both ends included. */
  private record Range(long low, long high) {
    static final Range NATURAL = new Range(0, Long.MAX_VALUE);

    static Range of(long value) {
      return new Range(value, value);
    }
  }

  static Truth of(CelExpr expr) {
    return switch (expr.exprKind().getKind()) {
      case CONSTANT -> expr.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE ? truth(expr.constant().booleanValue()) : Truth.DEPENDS;
      case CALL -> call(expr.call());
      case COMPREHENSION -> exists(expr.comprehension());
      default -> Truth.DEPENDS;
    };
  }

  private static Truth call(CelExpr.CelCall call) {
    List<CelExpr> args = call.args();
    return switch (call.function()) {
      case "_&&_" -> contradicts(args, new HashMap<>()) ? Truth.NEVER : and(of(args.get(0)), of(args.get(1)));
      case "_||_" -> not(and(not(of(args.get(0))), not(of(args.get(1)))));
      case "!_" -> not(of(args.get(0)));
      case "_?_:_" -> switch (of(args.get(0))) {
        case ALWAYS -> of(args.get(1));
        case NEVER -> of(args.get(2));
        case DEPENDS -> of(args.get(1)) == of(args.get(2)) ? of(args.get(1)) : Truth.DEPENDS;
      };
      case "_<_" -> less(args.get(0), args.get(1), false);
      case "_<=_" -> less(args.get(0), args.get(1), true);
      case "_>_" -> less(args.get(1), args.get(0), false);
      case "_>=_" -> less(args.get(1), args.get(0), true);
      case "_==_" -> equal(args.get(0), args.get(1));
      case "_!=_" -> not(equal(args.get(0), args.get(1)));
      default -> Truth.DEPENDS;
    };
  }

  /** {@code list.exists(x, body)} never holds if its body never does. Macros come as loops; any other loop is left alone. */
  private static Truth exists(CelExpr.CelComprehension loop) {
    boolean anyOf = isFalse(loop.accuInit()) && loop.loopStep().exprKind().getKind() == Kind.CALL && loop.loopStep().call().function().equals("_||_")
        && loop.result().exprKind().getKind() == Kind.IDENT;
    return anyOf && of(loop.loopStep().call().args().get(1)) == Truth.NEVER ? Truth.NEVER : Truth.DEPENDS;
  }

  private static boolean isFalse(CelExpr expr) {
    return expr.exprKind().getKind() == Kind.CONSTANT && of(expr) == Truth.NEVER;
  }

  /** Whether a conjunction asks one text variable to equal two words. */
  private static boolean contradicts(List<CelExpr> parts, Map<String, String> equal) {
    for (CelExpr part : parts) {
      if (part.exprKind().getKind() != Kind.CALL) {
        continue;
      }
      List<CelExpr> args = part.call().args();
      if (part.call().function().equals("_&&_") && contradicts(args, equal)) {
        return true;
      }
      if (part.call().function().equals("_==_")) {
        String name = name(args.get(0)) == null ? name(args.get(1)) : name(args.get(0));
        String word = word(args.get(0)) == null ? word(args.get(1)) : word(args.get(0));
        String other = name == null || word == null ? null : equal.putIfAbsent(name, word);
        if (other != null && !other.equals(word)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Truth equal(CelExpr left, CelExpr right) {
    String a = word(left);
    String b = word(right);
    if (a != null && b != null) {
      return truth(a.equals(b));
    }
    String operation = "operation".equals(name(left)) ? b : "operation".equals(name(right)) ? a : null;
    if (operation != null) {
      for (Operation known : Operation.values()) {
        if (known.name().toLowerCase(Locale.ROOT).equals(operation)) {
          return Truth.DEPENDS;
        }
      }
      return Truth.NEVER;
    }
    Range one = range(left);
    Range two = range(right);
    if (one == null || two == null) {
      return Truth.DEPENDS;
    }
    if (one.high < two.low || two.high < one.low) {
      return Truth.NEVER;
    }
    return one.low == one.high && one.equals(two) ? Truth.ALWAYS : Truth.DEPENDS;
  }

  private static Truth less(CelExpr left, CelExpr right, boolean orEqual) {
    Range a = range(left);
    Range b = range(right);
    if (a == null || b == null) {
      return Truth.DEPENDS;
    }
    if (orEqual ? a.high <= b.low : a.high < b.low) {
      return Truth.ALWAYS;
    }
    return (orEqual ? a.low > b.high : a.low >= b.high) ? Truth.NEVER : Truth.DEPENDS;
  }

  private static @Nullable Range range(CelExpr expr) {
    return switch (expr.exprKind().getKind()) {
      case CONSTANT -> expr.constant().getKind() == CelConstant.Kind.INT64_VALUE ? Range.of(expr.constant().int64Value()) : null;
      case IDENT -> {
        Long constant = CelVocabulary.CONSTANTS.get(expr.ident().name());
        yield constant != null ? Range.of(constant) : VARIABLES.get(expr.ident().name());
      }
      case SELECT -> expr.select().field().equals("likelihood") ? new Range(0, Likelihood.values().length - 1) : null;
      case CALL -> expr.call().function().equals("distinct") ? distinct(expr.call()) : CALLS.get(expr.call().function());
      default -> null;
    };
  }

  private static @Nullable Range distinct(CelExpr.CelCall call) {
    CelExpr list = call.args().get(0);
    return list.exprKind().getKind() == Kind.LIST ? new Range(0, list.list().elements().size()) : Range.NATURAL;
  }

  private static @Nullable String name(CelExpr expr) {
    return expr.exprKind().getKind() == Kind.IDENT ? expr.ident().name() : null;
  }

  private static @Nullable String word(CelExpr expr) {
    return expr.exprKind().getKind() == Kind.CONSTANT && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE ? expr.constant().stringValue() : null;
  }

  private static Truth and(Truth a, Truth b) {
    if (a == Truth.NEVER || b == Truth.NEVER) {
      return Truth.NEVER;
    }
    return a == Truth.ALWAYS && b == Truth.ALWAYS ? Truth.ALWAYS : Truth.DEPENDS;
  }

  private static Truth not(Truth truth) {
    return switch (truth) {
      case ALWAYS -> Truth.NEVER;
      case NEVER -> Truth.ALWAYS;
      case DEPENDS -> Truth.DEPENDS;
    };
  }

  private static Truth truth(boolean value) {
    return value ? Truth.ALWAYS : Truth.NEVER;
  }
}
