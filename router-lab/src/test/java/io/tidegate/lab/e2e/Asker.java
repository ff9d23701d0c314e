package io.tidegate.lab.e2e;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A way in, used by one worker: asks a question in a tenant's name, or leaves in the midst of it. */
interface Asker extends AutoCloseable {
  /**
   * What is asked.
   *
   * @param word the answer must hold it
   * @param wish latency class, empty for none
   * @param declared sensitivity, empty for none
   * @param leaveAfter bytes or messages of the answer after which the caller leaves; -1 to stay
   */
  record Question(String word, boolean stream, String wish, String declared, int leaveAfter) {
    String prompt() {
      return "Please repeat:" + word + " and say nothing else.";
    }

    String json() {
      return TestBed.body("auto", prompt(), stream);
    }
  }

  /** What came of it. */
  enum Kind { ANSWERED, REFUSED, BROKEN_OFF, LEFT, LOST }

  /**
   * @param text the answer's content, joined; a refusal's code
   * @param cache what the cache did, in lower case; empty without an answer
   */
  record Outcome(Kind kind, String text, String cache) {
    static Outcome of(Kind kind) {
      return new Outcome(kind, "", "");
    }
  }

  Outcome ask(String key, Question question) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /** The content of an answer, streamed or whole: all {@code content} members joined. */
  static String content(String body) {
    StringBuilder text = new StringBuilder();
    Matcher pieces = Content.PIECE.matcher(body);
    while (pieces.find()) {
      text.append(pieces.group(1));
    }
    return text.toString();
  }

  /** The code of an error's body. */
  static String code(String body) {
    Matcher found = Content.CODE.matcher(body);
    return found.find() ? found.group(1) : "?";
  }

  /** Whether a streamed answer came to its end. */
  static boolean whole(String body, boolean stream) {
    return !stream || body.contains("data: [DONE]");
  }

  /** Patterns, compiled once. */
  final class Content {
    static final Pattern PIECE = Pattern.compile("\"content\": ?\"((?:[^\"\\\\]|\\\\.)*)\"");

    static final Pattern CODE = Pattern.compile("\"code\": ?\"([a-z_]+)\"");

    private Content() {}
  }
}
