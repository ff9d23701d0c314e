package io.tidegate.line;

import io.tidegate.wire.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request's own text out of what an upstream said about it (G3, decisions 34): an upstream may say the prompt back, and what stands in an
 * error ends in its reader's log. Pure; any thread.
 *
 * <p>A quote is a run of the message that a string value of the body holds as well, in any case, and that tells something: twelve characters or
 * more, three with a digit in them, two beyond ASCII, or a word between quotation marks. So plain words that a prompt and a message share, and
 * the names of fields, stay readable.
 */
final class Quotes {
  /** A longer body is not searched, as that would hold up its event loop: the message goes as a whole, but for what is said in words of ours. */
  static final int MAX_BODY_BYTES = 128 << 10;
  private static final int LONG = 12;
  private static final int WITH_DIGIT = 3;
  private static final int BEYOND_ASCII = 2;
  private static final int IN_MARKS = 3;
  private static final String MASK = "***";
  /** What upstreams refuse long bodies for, in words of ours: nothing of theirs is in it. */
  static final String CONTEXT = "The request is longer than the model's context. Send less, or name a model with a longer one.";

  private final String message;
  private final String folded;
  private final String said;

  private Quotes(String message, String said) {
    this.message = message;
    this.folded = folded(message);
    this.said = said;
  }

  /** The message with a mask in place of each quote; null if there is none, or if the body is too long to be searched and it is not about that. */
  static @Nullable String masked(@Nullable String message, JsonText body) {
    if (message == null) {
      return null;
    }
    if (body.length() > MAX_BODY_BYTES) {
      return aboutContext(folded(message)) ? CONTEXT : null;
    }
    return new Quotes(message, values(body)).masked();
  }

  /** Such as OpenAI's and vLLM's "maximum context length is", llama.cpp's "exceeds the available context size", Ollama's "exceeds maximum context length". */
  private static boolean aboutContext(String folded) {
    return folded.contains("context") && (folded.contains("length") || folded.contains("size") || folded.contains("window"));
  }

  /** Every string value but the model's name; one with escapes as it is spelled, too. */
  private static String values(JsonText body) {
    StringBuilder all = new StringBuilder();
    int model = body.kind(0) == JsonText.Kind.OBJECT ? body.member(0, "model") : -1;
    for (int node = 0; node < body.size(); node++) {
      if (body.kind(node) == JsonText.Kind.STRING && !body.isKey(node) && node != model) {
        all.append(body.string(node)).append('\n');
        if (body.escaped(node)) {
          for (int at = body.start(node); at < body.end(node); at++) {
            all.append((char) (body.at(at) & 0xff));
          }
          all.append('\n');
        }
      }
    }
    return folded(all.toString());
  }

  private static String folded(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = Character.toLowerCase(chars[i]);
    }
    return new String(chars);
  }

  private String masked() {
    StringBuilder out = new StringBuilder(message.length());
    for (int at = 0; at < message.length(); ) {
      int word = wordEnd(at);
      int end = word > at ? shared(at, word) : at;
      if (end > at && tells(at, end)) {
        out.append(MASK);
        at = end;
      } else {
        end = Math.max(at + 1, word);
        out.append(message, at, end);
        at = end;
      }
    }
    return out.toString();
  }

  /** End of the word that begins at {@code at}; a character beyond ASCII is a word by itself, as in Chinese. */
  private int wordEnd(int at) {
    int end = at;
    while (end < folded.length() && Character.isLetterOrDigit(folded.charAt(end))) {
      if (folded.charAt(end) >= 0x80) {
        return end == at ? end + 1 : end;
      }
      end++;
    }
    return end;
  }

  /** End of the longest run from {@code at} on that the request holds, if it holds the word at least; else {@code at}. */
  private int shared(int at, int word) {
    String first = folded.substring(at, word);
    int longest = at;
    for (int from = said.indexOf(first); from >= 0; from = said.indexOf(first, from + 1)) {
      int length = first.length();
      while (at + length < folded.length() && from + length < said.length() && folded.charAt(at + length) == said.charAt(from + length)) {
        length++;
      }
      longest = Math.max(longest, at + length);
    }
    return longest;
  }

  private boolean tells(int from, int to) {
    int length = to - from;
    int digits = 0;
    int beyond = 0;
    for (int i = from; i < to; i++) {
      char c = folded.charAt(i);
      digits += c >= '0' && c <= '9' ? 1 : 0;
      beyond += c >= 0x80 && Character.isLetterOrDigit(c) ? 1 : 0;
    }
    return length >= LONG || digits > 0 && length >= WITH_DIGIT || beyond >= BEYOND_ASCII || length >= IN_MARKS && mark(from - 1) && mark(to);
  }

  private boolean mark(int at) {
    return at >= 0 && at < message.length() && "\"'`“”‘’".indexOf(message.charAt(at)) >= 0;
  }
}
