package io.tidegate.reply;

import io.tidegate.model.Pseudonyms;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import io.tidegate.wire.Splices;

/**
 * Rewrites the answers to one request: all strings a model wrote, in whole answers and in streams. One per request; a stream's state is in its
 * {@link StreamRewriter}.
 */
public final class AnswerRewriter {
  private final Placeholders placeholders;
  private final boolean restores;
  private final boolean jsonMode;

  /** @param jsonMode the answer's text is JSON, as the request asked */
  public AnswerRewriter(Pseudonyms pseudonyms, boolean jsonMode) {
    this.placeholders = new Placeholders(pseudonyms);
    this.restores = !pseudonyms.isEmpty();
    this.jsonMode = jsonMode;
  }

  /** Whether the request asked for an answer in JSON ({@code response_format}). */
  public static boolean jsonMode(JsonText request) {
    int format = request.member(0, "response_format");
    int type = format < 0 ? -1 : request.member(format, "type");
    return type >= 0 && !request.stringEquals(type, "text");
  }

  /** A stream's rewriter, for one attempt. */
  public StreamRewriter stream() {
    return new StreamRewriter(this);
  }

  /**
   * A whole answer.
   *
   * @param json valid; consumed
   * @return the rewritten text; {@code json} itself if nothing changed
   */
  public byte[] whole(byte[] json) {
    JsonText answer = parsed(json);
    Splices edits = new Splices(answer);
    for (AnswerTexts.Text text : AnswerTexts.of(answer)) {
      String was = answer.string(text.node());
      String is = filter(text.field()).feed(was, true);
      if (!is.equals(was)) {
        edits.replace(text.node(), JsonWriter.quote(is));
      }
    }
    AnswerTexts.dropTokens(answer, edits);
    return edits.isEmpty() ? json : edits.toBytes();
  }

  /** A filter for one text of the answer. */
  TextFilter filter(AnswerTexts.Field field) {
    boolean insideJson = field == AnswerTexts.Field.ARGUMENTS || jsonMode && field == AnswerTexts.Field.CONTENT;
    return restores ? new Restorer(placeholders, insideJson) : AS_IT_IS;
  }

  private static final TextFilter AS_IT_IS = new TextFilter() {
    @Override
    public String feed(String piece, boolean last) {
      return piece;
    }

    @Override
    public boolean holds() {
      return false;
    }
  };

  /** @throws IllegalStateException if it is not JSON: answers are proved valid before they come here */
  static JsonText parsed(byte[] json) {
    try {
      return JsonText.parse(json, JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new IllegalStateException("a normalised answer is valid JSON", e);
    }
  }
}
