package io.tidegate.reply;

import io.tidegate.model.Pseudonyms.Pseudonym;
import io.tidegate.reply.Placeholders.Kind;
import io.tidegate.wire.JsonWriter;

/** Gives placeholders back in one text. */
final class Restorer implements TextFilter {
  private final Placeholders placeholders;
  private final boolean insideJson;
  private final Placeholders.Look look = new Placeholders.Look();
  private String held = "";

  /** @param insideJson the text is itself JSON (arguments of a tool call, JSON mode): originals are escaped for its strings */
  Restorer(Placeholders placeholders, boolean insideJson) {
    this.placeholders = placeholders;
    this.insideJson = insideJson;
  }

  @Override
  public boolean holds() {
    return !held.isEmpty();
  }

  @Override
  public String feed(String piece, boolean last) {
    String text = held.isEmpty() ? piece : held + piece;
    held = "";
    StringBuilder out = null;
    int from = 0;
    int at = 0;
    while (at < text.length()) {
      if (!placeholders.mayStart(text.charAt(at))) {
        at++;
        continue;
      }
      placeholders.look(text, at, look);
      Pseudonym found = look.found;
      if (look.kind == Kind.PLACEHOLDER && found != null) {
        out = (out == null ? new StringBuilder(text.length() + 64) : out).append(text, from, at).append(original(found));
        at = look.end;
        from = at;
      } else if (look.kind == Kind.NEEDS_MORE && !last) {
        held = text.substring(at);
        break;
      } else {
        at++;
      }
    }
    return out == null ? text.substring(0, at) : out.append(text, from, at).toString();
  }

  private String original(Pseudonym found) {
    if (!insideJson) {
      return found.original();
    }
    String quoted = JsonWriter.quote(found.original());
    return quoted.substring(1, quoted.length() - 1);
  }
}
