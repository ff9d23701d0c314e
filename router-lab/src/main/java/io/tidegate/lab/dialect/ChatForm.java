package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidegate.lab.plan.Step.Kind;
import java.nio.charset.StandardCharsets;

/** Puts replies into the forms of chat and text completions, as one body or as events. Used once per answer. */
final class ChatForm {
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Shape shape;
  private final Call call;
  private final Replies replies;
  private final String id;
  private final long created;
  private int sent;

  ChatForm(Shape shape, Call call, Replies replies, String id, long created) {
    this.shape = shape;
    this.call = call;
    this.replies = replies;
    this.id = id;
    this.created = created;
  }

  private ObjectNode top(boolean chunk) {
    ObjectNode node = Json.object();
    node.put("id", (call.chat() ? "chatcmpl-" : "cmpl-") + id);
    node.put("object", call.chat() ? (chunk ? "chat.completion.chunk" : "chat.completion") : "text_completion");
    node.put("created", created).put("model", call.model());
    shape.top(node);
    return node;
  }

  /** The answer as one body. */
  byte[] body() {
    ObjectNode node = top(false);
    ArrayNode choices = node.putArray("choices");
    for (Reply reply : replies.all()) {
      ObjectNode choice = choices.addObject().put("index", reply.index());
      if (call.chat()) {
        message(choice.putObject("message").put("role", "assistant"), reply);
      } else {
        choice.put("text", String.join("", reply.content()));
      }
      choice.putNull("logprobs").put("finish_reason", reply.finish());
      shape.choice(choice);
    }
    node.set("usage", shape.usage(call, replies.tokens(), replies.reasoningTokens()));
    shape.last(node, call.promptTokens(), replies.tokens());
    return Json.bytes(node);
  }

  private void message(ObjectNode message, Reply reply) {
    Reply.ToolCall tool = reply.toolCall();
    if (tool == null) {
      message.put("content", String.join("", reply.content()));
    } else {
      message.putNull("content");
      message.putArray("tool_calls").addObject().put("id", tool.id()).put("type", "function")
          .putObject("function").put("name", tool.name()).put("arguments", String.join("", tool.arguments()));
    }
    String field = shape.reasoningField();
    if (field != null && !reply.reasoning().isEmpty()) {
      message.put(field, String.join("", reply.reasoning()));
    }
  }

  /** The answer as events, choices interleaved piece by piece. */
  void events(Pace pace) {
    if (call.chat()) {
      for (Reply reply : replies.all()) {
        ObjectNode delta = Json.object().put("role", "assistant").put("content", "");
        pace.event(Kind.ROLE, chunk(reply, delta));
      }
    }
    int longest = 0;
    for (Reply reply : replies.all()) {
      longest = Math.max(longest, reply.tokens());
    }
    for (int i = 0; i <= longest; i++) {
      for (Reply reply : replies.all()) {
        piece(reply, i, pace);
      }
    }
    if (shape.streamUsage(call)) {
      ObjectNode node = top(true);
      node.putArray("choices");
      node.set("usage", shape.usage(call, replies.tokens(), replies.reasoningTokens()));
      pace.event(Kind.USAGE, Json.event(node));
    }
    pace.event(Kind.DONE, DONE);
  }

  private void piece(Reply reply, int i, Pace pace) {
    int reasons = reply.reasoning().size();
    Reply.ToolCall tool = reply.toolCall();
    if (i == reply.tokens()) {
      pace.event(Kind.FINISH, finish(reply));
    } else if (i < reasons) {
      String field = shape.reasoningField();
      if (field != null) {
        pace.event(Kind.REASONING, chunk(reply, Json.object().put(field, reply.reasoning().get(i))));
      }
    } else if (i < reply.tokens() && tool != null) {
      pace.event(Kind.TOOL, chunk(reply, toolDelta(tool, i - reasons)));
    } else if (i < reply.tokens()) {
      String text = reply.content().get(i - reasons);
      pace.event(Kind.CONTENT, call.chat() ? chunk(reply, Json.object().put("content", text)) : text(reply, text));
    }
  }

  private static ObjectNode toolDelta(Reply.ToolCall tool, int i) {
    ObjectNode delta = Json.object();
    ObjectNode one = delta.putArray("tool_calls").addObject().put("index", 0);
    if (i == 0) {
      one.put("id", tool.id()).put("type", "function").putObject("function").put("name", tool.name()).put("arguments", "");
    } else {
      one.putObject("function").put("arguments", tool.arguments().get(i - 1));
    }
    return delta;
  }

  private byte[] chunk(Reply reply, ObjectNode delta) {
    ObjectNode node = top(true);
    ObjectNode choice = node.putArray("choices").addObject().put("index", reply.index());
    choice.set("delta", delta);
    choice.putNull("logprobs").putNull("finish_reason");
    return counted(node);
  }

  private byte[] text(Reply reply, String text) {
    ObjectNode node = top(true);
    node.putArray("choices").addObject().put("index", reply.index()).put("text", text).putNull("logprobs").putNull("finish_reason");
    return counted(node);
  }

  private byte[] finish(Reply reply) {
    ObjectNode node = top(true);
    ObjectNode choice = node.putArray("choices").addObject().put("index", reply.index());
    if (call.chat()) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    choice.putNull("logprobs").put("finish_reason", reply.finish());
    shape.choice(choice);
    if (reply.index() == replies.all().size() - 1) {
      shape.last(node, call.promptTokens(), replies.tokens());
    }
    return counted(node);
  }

  private byte[] counted(ObjectNode node) {
    sent++;
    if (shape.continuousUsage(call)) {
      node.set("usage", shape.usage(call, sent, 0));
    } else if (shape.nullUsage() && call.asksUsage()) {
      node.putNull("usage");
    }
    return Json.event(node);
  }

  /** Ollama's own form: one object per piece, then one with {@code done}. */
  void lines(Pace pace, String now) {
    Reply reply = replies.all().get(0);
    for (String piece : reply.reasoning()) {
      pace.event(Kind.REASONING, Json.line(nativeObject(now, "", piece, false, reply)));
    }
    for (String piece : reply.content()) {
      pace.event(Kind.CONTENT, Json.line(nativeObject(now, piece, "", false, reply)));
    }
    pace.event(Kind.DONE, Json.line(nativeObject(now, "", "", true, reply)));
  }

  /** Ollama's own form as one body. */
  byte[] nativeBody(String now) {
    Reply reply = replies.all().get(0);
    return Json.bytes(nativeObject(now, String.join("", reply.content()), String.join("", reply.reasoning()), true, reply));
  }

  private ObjectNode nativeObject(String now, String content, String thinking, boolean done, Reply reply) {
    ObjectNode node = Json.object().put("model", call.model()).put("created_at", now);
    ObjectNode carrier = call.chat() ? node.putObject("message").put("role", "assistant").put("content", content) : node.put("response", content);
    if (!thinking.isEmpty()) {
      carrier.put("thinking", thinking);
    }
    node.put("done", done);
    if (done) {
      node.put("done_reason", reply.finish().equals("length") ? "length" : "stop");
      node.put("total_duration", 1_000_000L * reply.tokens()).put("prompt_eval_count", call.promptTokens()).put("eval_count", reply.tokens());
    }
    return node;
  }
}
