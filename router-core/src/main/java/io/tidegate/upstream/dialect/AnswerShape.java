package io.tidegate.upstream.dialect;

import io.tidegate.model.Operation;
import io.tidegate.wire.JsonText;

/**
 * What a whole answer to one request must look like, as far as the request tells.
 *
 * @param choices most choices (chat, completion) or exactly so many vectors (embedding) the answer may have; 1..{@link #MAX_CHOICES}
 * @param usageAsked the caller wants usage in the stream
 * @param jsonMode the answer must be JSON, so blank content is a failure of the model (DeepSeek)
 * @param vectors form in which vectors were asked for
 */
public record AnswerShape(Operation operation, int choices, boolean usageAsked, boolean jsonMode, Vectors vectors) {
  /** OpenAI allows 128 choices of a prompt and 2,048 inputs. */
  public static final int MAX_CHOICES = 4096;

  /** Form of the vectors of an embedding answer. */
  public enum Vectors { FLOAT, BASE64, AS_SENT }

  /** Reads the shape off the request as the caller wrote it or as it was encoded: both say the same here. */
  public static AnswerShape of(Operation operation, JsonText request, boolean usageAsked) {
    return switch (operation) {
      case CHAT -> new AnswerShape(operation, many(request, 1), usageAsked, jsonMode(request), Vectors.AS_SENT);
      case COMPLETION -> new AnswerShape(operation, many(request, texts(request, "prompt")), usageAsked, false, Vectors.AS_SENT);
      case EMBEDDING -> new AnswerShape(operation, clamp(texts(request, "input")), usageAsked, false, vectors(request));
    };
  }

  /** When the request is not at hand: the widest bounds. */
  public static AnswerShape unknown(Operation operation, boolean usageAsked) {
    return new AnswerShape(operation, MAX_CHOICES, usageAsked, false, Vectors.AS_SENT);
  }

  private static int many(JsonText request, int texts) {
    int n = request.member(0, "n");
    double asked = n < 0 ? 1 : request.number(n);
    return clamp(asked >= 1 ? asked * texts : texts);
  }

  private static int clamp(double count) {
    return (int) Math.max(1, Math.min(MAX_CHOICES, count));
  }

  /** A string or a list of tokens is one text; a list of either is many. */
  private static int texts(JsonText request, String name) {
    int node = request.member(0, name);
    if (node < 0 || request.kind(node) != JsonText.Kind.ARRAY || node + 1 == request.next(node)
        || request.kind(node + 1) == JsonText.Kind.NUMBER) {
      return 1;
    }
    int count = 0;
    for (int item = node + 1; item < request.next(node); item = request.next(item)) {
      count++;
    }
    return count;
  }

  private static boolean jsonMode(JsonText request) {
    int type = request.member(0, "response_format");
    type = type < 0 ? type : request.member(type, "type");
    return type >= 0 && (request.stringEquals(type, "json_object") || request.stringEquals(type, "json_schema"));
  }

  private static Vectors vectors(JsonText request) {
    int form = request.member(0, "encoding_format");
    if (form < 0) {
      return Vectors.AS_SENT;
    }
    return request.stringEquals(form, "base64") ? Vectors.BASE64 : request.stringEquals(form, "float") ? Vectors.FLOAT : Vectors.AS_SENT;
  }
}
