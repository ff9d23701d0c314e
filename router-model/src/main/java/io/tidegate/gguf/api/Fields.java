package io.tidegate.gguf.api;

import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads members of one object, each with its bounds. {@code null} counts as absent, as in OpenAI's own service. */
final class Fields {
  private final JsonText json;
  private final int object;

  Fields(JsonText json, int object) {
    this.json = json;
    this.object = object;
  }

  JsonText json() {
    return json;
  }

  /** Node of a member; -1 if it is absent or null. */
  int node(String name) {
    int node = json.member(object, name);
    return node >= 0 && json.kind(node) == Kind.NULL ? -1 : node;
  }

  boolean has(String name) {
    return node(name) >= 0;
  }

  double number(String name, double least, double most, double otherwise) throws Refused.Thrown {
    int node = node(name);
    if (node < 0) {
      return otherwise;
    }
    double value = json.number(node);
    if (!(value >= least && value <= most)) {
      throw wrong(name, "must be a number from " + shown(least) + " to " + shown(most));
    }
    return value;
  }

  int integer(String name, int least, int most, int otherwise) throws Refused.Thrown {
    double value = number(name, least, most, otherwise);
    if (value != Math.rint(value)) {
      throw wrong(name, "must be a whole number from " + least + " to " + most);
    }
    return (int) value;
  }

  boolean flag(String name, boolean otherwise) throws Refused.Thrown {
    int node = node(name);
    if (node < 0) {
      return otherwise;
    }
    Kind kind = json.kind(node);
    if (kind != Kind.TRUE && kind != Kind.FALSE) {
      throw wrong(name, "must be true or false");
    }
    return kind == Kind.TRUE;
  }

  String text(String name, String otherwise) throws Refused.Thrown {
    int node = node(name);
    if (node < 0) {
      return otherwise;
    }
    if (json.kind(node) != Kind.STRING) {
      throw wrong(name, "must be a string");
    }
    return json.string(node);
  }

  /** A string, or several. */
  List<String> texts(String name, int most) throws Refused.Thrown {
    int node = node(name);
    List<String> texts = new ArrayList<>();
    if (node < 0) {
      return texts;
    }
    if (json.kind(node) == Kind.STRING) {
      texts.add(json.string(node));
      return texts;
    }
    for (int element : elements(node)) {
      if (json.kind(element) != Kind.STRING || texts.size() == most) {
        throw wrong(name, "must be a string or at most " + most + " strings");
      }
      texts.add(json.string(element));
    }
    if (json.kind(node) != Kind.ARRAY) {
      throw wrong(name, "must be a string or at most " + most + " strings");
    }
    return texts;
  }

  /** Elements of an array; none of anything else. */
  List<Integer> elements(int node) {
    List<Integer> elements = new ArrayList<>();
    if (json.kind(node) == Kind.ARRAY) {
      for (int element = node + 1; element < json.next(node); element = json.next(element)) {
        elements.add(element);
      }
    }
    return elements;
  }

  /** Tokens, if the array holds numbers only and at least one; else null. */
  int @org.jspecify.annotations.Nullable [] tokens(int node) {
    List<Integer> elements = elements(node);
    if (elements.isEmpty() || !elements.stream().allMatch(element -> json.kind(element) == Kind.NUMBER)) {
      return null;
    }
    return elements.stream().mapToInt(element -> {
      double value = json.number(element);
      return value == Math.rint(value) && Math.abs(value) < 1 << 30 ? (int) value : -1;
    }).toArray();
  }

  static Refused.Thrown wrong(String name, String rule) {
    return new Refused.Thrown(Refused.invalid("'" + name + "' " + rule, name));
  }

  private static String shown(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
