package io.tidegate.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * BERT's uncased WordPiece: lower case, accents off, ideographs and punctuation apart, then the longest pieces of the vocabulary. Always lower case, even
 * where the file says otherwise: a vocabulary without capitals turns every name into the unknown token, and two questions that differ in a name into one.
 * Immutable.
 */
final class WordPiece {
  /** A longer word is unknown, as in BERT. */
  private static final int MAX_WORD = 100;
  private static final long MAX_FILE = 64 << 20;

  private final Map<String, Integer> vocabulary;
  private final int start;
  private final int end;

  private WordPiece(Map<String, Integer> vocabulary) throws IOException {
    this.vocabulary = vocabulary;
    this.start = token("[CLS]");
    this.end = token("[SEP]");
  }

  /** @param file {@code tokenizer.json}, or a {@code vocab.txt} with a token a line */
  static WordPiece read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE) {
      throw new IOException(file + " is larger than a tokenizer");
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    Map<String, Integer> vocabulary = new HashMap<>();
    if (text.stripLeading().startsWith("{")) {
      Vocabulary.fromJson(text, vocabulary);
    } else {
      for (String line : text.split("\n")) {
        vocabulary.put(line.strip(), vocabulary.size());
      }
    }
    return new WordPiece(vocabulary);
  }

  private int token(String name) throws IOException {
    Integer id = vocabulary.get(name);
    if (id == null) {
      throw new IOException("the tokenizer has no token " + name + ". Fix: name the tokenizer.json or vocab.txt of a BERT model");
    }
    return id;
  }

  /**
   * The text's tokens between [CLS] and [SEP]; empty if there are more than {@code max}, none at all, or any that the vocabulary does not know.
   */
  long[] tokens(String text, int max) {
    List<Integer> ids = new ArrayList<>();
    ids.add(start);
    for (String word : words(text)) {
      if (!pieces(word, ids) || ids.size() >= max) {
        return new long[0];
      }
    }
    ids.add(end);
    return ids.size() <= 2 ? new long[0] : ids.stream().mapToLong(Integer::longValue).toArray();
  }

  private boolean pieces(String word, List<Integer> ids) {
    if (word.length() > MAX_WORD) {
      return false;
    }
    int from = 0;
    while (from < word.length()) {
      Integer id = null;
      int to = word.length();
      while (to > from && id == null) {
        String piece = word.substring(from, to);
        id = vocabulary.get(from == 0 ? piece : "##" + piece);
        to = id == null ? to - 1 : to;
      }
      if (id == null) {
        return false;
      }
      ids.add(id);
      from = to;
    }
    return true;
  }

  /** Words as BERT's basic tokenizer cuts them. */
  static List<String> words(String text) {
    String plain = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < plain.length(); ) {
      int c = plain.codePointAt(i);
      i += Character.charCount(c);
      int type = Character.getType(c);
      boolean blank = Character.isWhitespace(c) || Character.isSpaceChar(c);
      if (blank || alone(c, type)) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
        if (!blank) {
          words.add(Character.toString(c));
        }
      } else if (type != Character.NON_SPACING_MARK && type != Character.CONTROL && type != Character.FORMAT && c != 0xFFFD) {
        word.appendCodePoint(c);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean alone(int c, int type) {
    boolean symbol = c >= 33 && c <= 47 || c >= 58 && c <= 64 || c >= 91 && c <= 96 || c >= 123 && c <= 126;
    boolean punctuation = type == Character.CONNECTOR_PUNCTUATION || type == Character.DASH_PUNCTUATION || type == Character.START_PUNCTUATION
        || type == Character.END_PUNCTUATION || type == Character.INITIAL_QUOTE_PUNCTUATION || type == Character.FINAL_QUOTE_PUNCTUATION
        || type == Character.OTHER_PUNCTUATION;
    boolean ideograph = c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2FA1F || c >= 0xF900 && c <= 0xFAFF;
    return symbol || punctuation || ideograph;
  }
}
