package io.tidegate.semantic;

import io.tidegate.model.Operation;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.Optional;

/**
 * The last thing a caller said in a body: what may be asked in other words. All the rest of the body must be equal.
 *
 * @param from first byte of its JSON string in the body
 * @param to the byte after it
 */
public record QuestionText(int from, int to, String text) {
  /** Longer bodies are not looked at: they are rarely asked twice. */
  private static final int MAX_BODY = 256 << 10;

  /** Empty if the body ends with something else than a message of the user that is one plain text: pictures, tool results, several prompts. */
  public static Optional<QuestionText> of(JsonText body, Operation operation) {
    if (body.length() > MAX_BODY) {
      return Optional.empty();
    }
    int node = switch (operation) {
      case CHAT -> lastOfUser(body);
      case COMPLETION -> body.member(0, "prompt");
      default -> -1;
    };
    return node < 0 || body.kind(node) != Kind.STRING ? Optional.empty()
        : Optional.of(new QuestionText(body.start(node), body.end(node), body.string(node)));
  }

  private static int lastOfUser(JsonText body) {
    int messages = body.member(0, "messages");
    if (messages < 0 || body.kind(messages) != Kind.ARRAY) {
      return -1;
    }
    int last = -1;
    int end = body.next(messages);
    for (int message = messages + 1; message < end; message = body.next(message)) {
      last = message;
    }
    int role = last < 0 ? -1 : body.member(last, "role");
    int content = last < 0 ? -1 : body.member(last, "content");
    if (role < 0 || content < 0 || !body.stringEquals(role, "user")) {
      return -1;
    }
    return body.kind(content) == Kind.ARRAY ? onlyText(body, content) : content;
  }

  /** A list of one part of text. */
  private static int onlyText(JsonText body, int parts) {
    int part = parts + 1;
    if (part >= body.next(parts) || body.next(part) != body.next(parts)) {
      return -1;
    }
    int type = body.member(part, "type");
    return type >= 0 && body.stringEquals(type, "text") ? body.member(part, "text") : -1;
  }

  @Override
  public String toString() {
    return "QuestionText[" + text.length() + " chars]";
  }
}
