package io.tidegate.upstream.dialect;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Operation;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.Splices;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What the parsed events of one stream add up to, and each event in OpenAI's form. Confined like {@link StreamReader}. */
final class StreamEvents {
  private static final int MAX_ID_CHARS = 512;

  private final AnswerShape shape;
  private final BitSet seen = new BitSet();
  private final BitSet finished = new BitSet();
  /** Choices with text that is not blank, a tool call or a refusal. */
  private final BitSet answered = new BitSet();
  private String id = "";
  private Usage usage = Usage.UNKNOWN;
  private boolean committed;

  /** Of the event under way. */
  private @Nullable Splices edits;
  private boolean content;
  private int textNode;
  private @Nullable Kind fault;

  StreamEvents(AnswerShape shape) {
    this.shape = shape;
  }

  /**
   * @param dropped nothing of the event goes to the caller
   * @param rewritten what goes to the caller instead of the event's own bytes; null for those
   * @param content it held text, reasoning, a piece of a tool call, a refusal or a finish reason
   * @param textNode the one string that will vary in events like this; -1 if they cannot be told without a parse
   */
  record Outcome(boolean dropped, byte @Nullable [] rewritten, boolean content, int textNode, @Nullable AttemptFailure failure) {
    static Outcome failed(AttemptFailure failure) {
      return new Outcome(true, null, false, -1, failure);
    }
  }

  /** Whether any event so far held content. */
  boolean committed() {
    return committed;
  }

  /** Whether there was a choice, and each one seen has its finish reason. Ollama ignores {@code n}, so fewer than asked will do. */
  boolean allFinished() {
    return !seen.isEmpty() && seen.equals(finished);
  }

  Usage usage() {
    return usage;
  }

  Outcome read(JsonText json) {
    edits = null;
    content = false;
    textNode = -1;
    fault = null;
    UpstreamError error = UpstreamError.in(json, 0);
    if (error != null) {
      return Outcome.failed(ErrorReader.inStream(error));
    }
    int choices = json.member(0, "choices");
    if (choices < 0 || json.kind(choices) != JsonText.Kind.ARRAY || !sameId(json)) {
      return Outcome.failed(AttemptFailure.of(Kind.PROTOCOL));
    }
    int count = 0;
    for (int choice = choices + 1; choice < json.next(choices) && fault == null; choice = json.next(choice)) {
      choice(json, choice);
      count++;
    }
    if (fault != null) {
      return Outcome.failed(AttemptFailure.of(fault));
    }
    boolean dropped = usage(json, count);
    committed |= content;
    Splices changed = edits;
    if (changed != null && !changed.isEmpty()) {
      return new Outcome(dropped, changed.toBytes(), content, -1, null);
    }
    return new Outcome(dropped, null, content, count == 1 ? textNode : -1, null);
  }

  private Splices edits(JsonText json) {
    Splices some = edits;
    if (some == null) {
      some = new Splices(json);
      edits = some;
    }
    return some;
  }

  /** One id throughout: another one is another request's answer (F4). Some servers leave it empty in their last event. */
  private boolean sameId(JsonText json) {
    int node = json.member(0, "id");
    if (node < 0 || !Choice.text(json, node)) {
      return true;
    }
    if (id.isEmpty()) {
      id = json.string(node);
      return id.length() <= MAX_ID_CHARS;
    }
    return json.ascii(node) ? json.stringEquals(node, id) : json.string(node).equals(id);
  }

  /** Takes the counts; true if the event is a usage event that the caller did not ask for. */
  private boolean usage(JsonText json, int choices) {
    int node = Usages.node(json, 0);
    if (node < 0) {
      return false;
    }
    usage = Usages.read(json, 0, node);
    if (shape.usageAsked()) {
      Usages.normalise(json, 0, node, edits(json));
      textNode = -1;
      return false;
    }
    if (choices == 0) {
      return true;
    }
    edits(json).remove(0, node);
    return false;
  }

  private void choice(JsonText json, int choice) {
    int index = Choice.index(json, choice, shape.choices());
    if (index < 0) {
      fault = Kind.PROTOCOL;
      return;
    }
    seen.set(index);
    if (shape.operation() == Operation.CHAT) {
      int delta = json.member(choice, "delta");
      if (delta >= 0 && json.kind(delta) == JsonText.Kind.OBJECT) {
        delta(json, delta, index);
      }
    } else {
      text(json, json.member(choice, "text"), index);
    }
    int reason = json.member(choice, "finish_reason");
    if (reason >= 0 && json.kind(reason) == JsonText.Kind.STRING) {
      finish(json, reason, index);
    }
  }

  private void delta(JsonText json, int delta, int index) {
    if (Choice.holdsOther(json, delta)) {
      content = true;
      answered.set(index);
    }
    int reasoning = Choice.reasoning(json, delta);
    if (reasoning >= 0) {
      content = true;
      textNode = reasoning;
    }
    int before = json.member(delta, "reasoning");
    if (before >= 0 && json.kind(before) == JsonText.Kind.STRING && json.member(delta, "reasoning_content") < 0) {
      Choice.renameReasoning(json, delta, edits(json));
    }
    text(json, json.member(delta, "content"), index);
  }

  private void text(JsonText json, int node, int index) {
    if (node < 0 || !Choice.text(json, node)) {
      return;
    }
    if (!answered.get(index)) {
      if (Choice.blank(json, node)) {
        // In JSON mode spaces are how DeepSeek says that the model failed: not yet a reason to commit.
        content |= !shape.jsonMode();
        return;
      }
      answered.set(index);
    }
    content = true;
    textNode = node;
  }

  private void finish(JsonText json, int reason, int index) {
    textNode = -1;
    Kind cut = FinishReason.cut(json, reason);
    if (cut != null && !committed && !content) {
      fault = cut;
      return;
    }
    if (cut != null) {
      edits(json).replace(reason, "\"length\"");
    } else if (shape.jsonMode() && !answered.get(index) && json.stringEquals(reason, "stop")) {
      fault = Kind.PROTOCOL;
      return;
    }
    finished.set(index);
    content = true;
  }
}
