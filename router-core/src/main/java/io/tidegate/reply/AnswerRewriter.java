package io.tidegate.reply;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Pseudonyms;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import io.tidegate.wire.Splices;
import java.util.HashSet;
import java.util.Set;

/**
 * Rewrites the answers to one request: all strings a model wrote, in whole answers and in streams. One per request; a stream's state is in its
 * {@link StreamRewriter}.
 */
public final class AnswerRewriter {
  private static final int MAX_VALUES = 1_000;
  private static final int SHORTEST = 4;
  private static final int SHORTEST_WIDE = 2;

  private final Placeholders placeholders;
  private final boolean restores;
  private final boolean jsonMode;
  private final LinkRule links;
  private final Set<String> values;
  /** What is given back, in the form that links are searched for. */
  private final Set<String> originals;

  /** One that leaves links alone. See the other. */
  public AnswerRewriter(Pseudonyms pseudonyms, boolean jsonMode) {
    this(pseudonyms, jsonMode, LinkRule.OFF, Set.of());
  }

  /**
   * @param jsonMode the answer's text is JSON, as the request asked
   * @param values what was found in the request, from {@link #values}: a link that holds one carries data
   */
  public AnswerRewriter(Pseudonyms pseudonyms, boolean jsonMode, LinkRule links, Set<String> values) {
    this.placeholders = new Placeholders(pseudonyms);
    this.restores = !pseudonyms.isEmpty();
    this.jsonMode = jsonMode;
    this.links = links;
    this.values = Set.copyOf(values);
    Set<String> given = new HashSet<>();
    pseudonyms.list().forEach(pseudonym -> add(pseudonym.original(), given));
    this.originals = given;
  }

  private static void add(String value, Set<String> values) {
    String signs = LinkFilter.signs(value);
    if (signs.length() >= (signs.chars().anyMatch(c -> c >= 0x2E80) ? SHORTEST_WIDE : SHORTEST)) {
      values.add(signs);
    }
  }

  /** What was found in a request's strings, in the form that links are searched for; bounded. */
  public static Set<String> values(JsonText request, Findings findings) {
    Set<String> values = new HashSet<>();
    for (Finding finding : findings.list()) {
      boolean placed = finding.place() >= 0 && request.kind(finding.place()) == JsonText.Kind.STRING;
      String text = placed && values.size() < MAX_VALUES ? request.string(finding.place()) : "";
      if (finding.start() >= 0 && finding.start() < finding.end() && finding.end() <= text.length()) {
        add(text.substring(finding.start(), finding.end()), values);
      }
    }
    return values;
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
    TextFilter restorer = restores ? new Restorer(placeholders, insideJson) : null;
    if (links == LinkRule.OFF) {
      // A client fetches the addresses of a text by itself: what is given back must not travel in one (hazard A17). Arguments are acted on by an application.
      return restorer == null ? AS_IT_IS : insideArguments(field) ? restorer : new Both(restorer, LinkFilter.of(originals));
    }
    TextFilter filter = new LinkFilter(links, values);
    return restorer == null ? filter : new Both(restorer, filter);
  }

  private static boolean insideArguments(AnswerTexts.Field field) {
    return field == AnswerTexts.Field.ARGUMENTS;
  }

  /** One filter behind another. */
  private record Both(TextFilter first, TextFilter second) implements TextFilter {
    @Override
    public String feed(String piece, boolean last) {
      return second.feed(first.feed(piece, last), last);
    }

    @Override
    public boolean holds() {
      return first.holds() || second.holds();
    }
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
