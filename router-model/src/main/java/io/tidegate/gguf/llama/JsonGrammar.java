package io.tidegate.gguf.llama;

/** A JSON object in llama.cpp's grammar notation, for {@code response_format: {type: json_object}}. Spaces are bounded: a model could go on with them. */
final class JsonGrammar {
  static final String TEXT = """
      root ::= object
      value ::= object | array | string | number | ("true" | "false" | "null") ws
      object ::= "{" ws ( pair ("," ws pair)* )? "}" ws
      pair ::= string ":" ws value
      array ::= "[" ws ( value ("," ws value)* )? "]" ws
      string ::= "\\"" ( [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\\"" ws
      number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})? ws
      ws ::= | " " | "\\n" [ \\t]{0,20}
      """;

  private JsonGrammar() {}
}
