package io.tidegate.onnx;

import java.io.IOException;
import java.util.Map;

/** The vocabulary inside a {@code tokenizer.json}: the members of the object {@code "vocab"}. Reads that, and nothing else of the file. */
final class Vocabulary {
  private final String text;
  private int at;

  private Vocabulary(String text, int at) {
    this.text = text;
    this.at = at;
  }

  static void fromJson(String text, Map<String, Integer> into) throws IOException {
    if (!text.contains("\"WordPiece\"")) {
      throw new IOException("the tokenizer is not a WordPiece one. Fix: use a BERT model, such as all-MiniLM-L6-v2 or bge-small");
    }
    int key = text.indexOf("\"vocab\"");
    int open = key < 0 ? -1 : text.indexOf('{', key);
    if (open < 0) {
      throw new IOException("the tokenizer has no vocabulary. Fix: name the tokenizer.json or vocab.txt of a BERT model");
    }
    new Vocabulary(text, open + 1).members(into);
  }

  private void members(Map<String, Integer> into) throws IOException {
    while (true) {
      blanks();
      if (peek() == '}') {
        return;
      }
      String token = string();
      blanks();
      expect(':');
      blanks();
      into.put(token, number());
      blanks();
      if (peek() == ',') {
        at++;
      } else if (peek() != '}') {
        throw broken();
      }
    }
  }

  private char peek() throws IOException {
    if (at >= text.length()) {
      throw broken();
    }
    return text.charAt(at);
  }

  private void expect(char c) throws IOException {
    if (peek() != c) {
      throw broken();
    }
    at++;
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private int number() throws IOException {
    int start = at;
    while (Character.isDigit(peek())) {
      at++;
    }
    if (at == start || at - start > 8) {
      throw broken();
    }
    return Integer.parseInt(text.substring(start, at));
  }

  private String string() throws IOException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() throws IOException {
    char c = peek();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw broken();
        }
        at += 4;
        try {
          yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
        } catch (NumberFormatException e) {
          throw broken();
        }
      }
      default -> c;
    };
  }

  private IOException broken() {
    return new IOException("the tokenizer's vocabulary is broken at character " + at + ". Fix: take the file as the model's makers publish it");
  }
}
