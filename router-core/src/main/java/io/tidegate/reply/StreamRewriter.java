package io.tidegate.reply;

import io.tidegate.reply.AnswerTexts.Field;
import io.tidegate.reply.AnswerTexts.Text;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import io.tidegate.wire.Splices;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rewrites the frames of one stream. Each text (of a choice, a field, a tool call) has its own filter, which holds back what may still become
 * something to rewrite. That comes out when the text goes on; before the choice's finish reason; and, for reasoning, before what follows it. Confined to
 * the stream's loop.
 */
public final class StreamRewriter {
  /** Texts of one stream that may be under way at a time: choices × fields × tool calls. */
  private static final int MAX_TEXTS = 8_192;
  private static final byte[] HEAD = {'d', 'a', 't', 'a', ':', ' '};

  private final AnswerRewriter rewriter;
  private final List<UnderWay> underWay = new ArrayList<>(2);

  StreamRewriter(AnswerRewriter rewriter) {
    this.rewriter = rewriter;
  }

  /** A text and its filter. */
  private record UnderWay(Text text, TextFilter filter) {}

  /**
   * @param frames whole {@code data: {json}\n\n} frames
   * @return whole frames; empty if all of it is held back
   * @throws IllegalStateException if the frames are none, or texts exceed their bound
   */
  public byte[] frames(byte[] frames) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(frames.length + 128);
    int at = 0;
    while (at < frames.length) {
      int end = at;
      while (end < frames.length && frames[end] != '\n') {
        end++;
      }
      if (end + 1 >= frames.length || frames[end + 1] != '\n' || !Arrays.equals(frames, at, Math.min(at + HEAD.length, end), HEAD, 0, HEAD.length)) {
        throw new IllegalStateException("not a whole frame");
      }
      event(AnswerRewriter.parsed(Arrays.copyOfRange(frames, at + HEAD.length, end)), out);
      at = end + 2;
    }
    return out.toByteArray();
  }

  private void event(JsonText json, ByteArrayOutputStream out) {
    List<Text> texts = AnswerTexts.of(json);
    List<Integer> finished = AnswerTexts.finished(json);
    release(json, texts, finished, out);
    Splices edits = new Splices(json);
    boolean emptied = false;
    for (int i = 0; i < texts.size(); i++) {
      Text text = texts.get(i);
      boolean last = text.field() == Field.OTHER || ends(texts, i, finished);
      TextFilter filter = filter(text);
      String was = json.string(text.node());
      String is = filter.feed(was, last);
      emptied = is.isEmpty();
      if (!is.equals(was)) {
        edits.replace(text.node(), JsonWriter.quote(is));
      }
      if (last) {
        underWay.removeIf(known -> known.text.continues(text));
      }
    }
    AnswerTexts.dropTokens(json, edits);
    if (!(emptied && texts.size() == 1 && finished.isEmpty() && onlyText(json, texts.get(0).node()))) {
      frame(edits.isEmpty() ? raw(json) : edits.toBytes(), out);
    }
  }

  /** Whether nothing of the text at {@code i} will follow. */
  private static boolean ends(List<Text> texts, int i, List<Integer> finished) {
    Text text = texts.get(i);
    boolean left = text.field() == Field.REASONING;
    boolean ends = finished.contains(text.choice());
    for (int j = i + 1; j < texts.size(); j++) {
      Text later = texts.get(j);
      if (later.continues(text)) {
        return false;
      }
      ends |= left && later.choice() == text.choice();
    }
    return ends;
  }

  private TextFilter filter(Text text) {
    for (UnderWay known : underWay) {
      if (known.text.continues(text)) {
        return known.filter;
      }
    }
    TextFilter made = rewriter.filter(text.field());
    if (text.field() != Field.OTHER) {
      if (underWay.size() >= MAX_TEXTS) {
        throw new IllegalStateException("more texts in a stream than the bound");
      }
      underWay.add(new UnderWay(text, made));
    }
    return made;
  }

  /** Sends what is held of texts that this event ends without a piece of them. */
  private void release(JsonText json, List<Text> texts, List<Integer> finished, ByteArrayOutputStream out) {
    for (int i = 0; i < underWay.size(); i++) {
      UnderWay known = underWay.get(i);
      Text text = known.text;
      boolean here = texts.stream().anyMatch(text::continues);
      boolean ends = finished.contains(text.choice())
          || text.field() == Field.REASONING && texts.stream().anyMatch(other -> other.choice() == text.choice());
      if (!here && ends) {
        if (known.filter.holds()) {
          frame(rest(json, text, known.filter.feed("", true)), out);
        }
        underWay.remove(i--);
      }
    }
  }

  /** An event that carries the rest of one text, with the head of the event at hand. */
  private static byte[] rest(JsonText json, Text text, String rest) {
    JsonWriter writer = new JsonWriter();
    writer.beginObject();
    for (int key = 1; key < json.next(0); key = json.next(key + 1)) {
      if (!json.stringEquals(key, "choices") && !json.stringEquals(key, "usage")) {
        writer.key(json.string(key)).raw(json, key + 1);
      }
    }
    writer.key("choices").beginArray().beginObject().key("index").number(text.choice());
    if (isCompletion(json)) {
      writer.key("text").string(rest);
    } else {
      delta(writer.key("delta").beginObject(), text, rest);
      writer.endObject();
    }
    writer.key("finish_reason").nullValue().endObject().endArray().endObject();
    return writer.toBytes();
  }

  private static void delta(JsonWriter writer, Text text, String rest) {
    switch (text.field()) {
      case REASONING -> writer.key("reasoning_content").string(rest);
      case REFUSAL -> writer.key("refusal").string(rest);
      case CONTENT, OTHER -> writer.key("content").string(rest);
      case ARGUMENTS -> {
        if (text.tool() < 0) {
          writer.key("function_call").beginObject().key("arguments").string(rest).endObject();
        } else {
          writer.key("tool_calls").beginArray().beginObject().key("index").number(text.tool()).key("function").beginObject().key("arguments")
              .string(rest).endObject().endObject().endArray();
        }
      }
    }
  }

  private static boolean isCompletion(JsonText json) {
    int choices = json.member(0, "choices");
    return choices >= 0 && json.next(choices) > choices + 1 && json.member(choices + 1, "text") >= 0;
  }

  /** Whether the event has nothing but this text to say: one choice, whose delta has one member, and no usage. */
  private static boolean onlyText(JsonText json, int node) {
    int usage = json.member(0, "usage");
    if (usage >= 0 && json.kind(usage) != Kind.NULL) {
      return false;
    }
    int choices = json.member(0, "choices");
    int choice = choices + 1;
    if (json.next(choice) != json.next(choices)) {
      return false;
    }
    int delta = json.member(choice, "delta");
    return delta >= 0 ? delta + 2 == node && json.next(delta) == node + 1 : json.member(choice, "text") == node;
  }

  private static byte[] raw(JsonText json) {
    byte[] bytes = new byte[json.length()];
    json.buffer().get(bytes);
    return bytes;
  }

  private static void frame(byte[] json, ByteArrayOutputStream out) {
    out.writeBytes(HEAD);
    out.writeBytes(json);
    out.write('\n');
    out.write('\n');
  }
}
