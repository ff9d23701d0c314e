package io.tidegate.upstream.dialect;

import io.tidegate.model.Dialect;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Upstream;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import io.tidegate.wire.SplicedText;
import io.tidegate.wire.Splices;

/**
 * Writes a request in an upstream's dialect: the caller's own bytes but for the closed list of edits in {@code docs/fields.md} (decisions 2).
 * Pure; any thread.
 */
public final class RequestDialect {
  private static final String USAGE_ASKED = "{\"include_usage\":true}";

  private final JsonText json;
  private final Splices edits;
  private final Dialect dialect;

  private RequestDialect(JsonText json, Dialect dialect) {
    this.json = json;
    this.edits = new Splices(json);
    this.dialect = dialect;
  }

  /**
   * @param model the name to send
   * @param tenantHash keyed hash of the tenant, letters, digits, {@code _} and {@code -}, at most 128: parts the upstream's prompt cache
   *     between tenants (G4)
   */
  public static SplicedText encode(ModelRequest request, Upstream upstream, String model, String tenantHash) {
    RequestDialect encoder = new RequestDialect(request.prompt().json(), upstream.dialect());
    encoder.model(model);
    Operation operation = request.operation();
    if (operation != Operation.EMBEDDING) {
      if (request.stream()) {
        encoder.askUsage();
      }
      encoder.tenant(tenantHash);
    }
    if (operation == Operation.CHAT) {
      encoder.tokenLimit();
      encoder.reasoning();
    }
    if (upstream.dialect() == Dialect.VLLM) {
      // Its scheduler's priority: a caller could pass all others, and any value but 0 fails unless the server enables it.
      encoder.removeMember("priority");
    }
    return encoder.edits.apply();
  }

  private void model(String model) {
    int node = json.member(0, "model");
    if (node < 0) {
      edits.add(0, "model", JsonWriter.quote(model));
    } else if (!json.ascii(node) || !json.stringEquals(node, model)) {
      edits.replace(node, JsonWriter.quote(model));
    }
  }

  /** Always: else the tokens of a stream cannot be accounted. The reader drops what the caller did not ask for. */
  private void askUsage() {
    int options = json.member(0, "stream_options");
    if (options < 0) {
      edits.add(0, "stream_options", USAGE_ASKED);
      return;
    }
    if (json.kind(options) != JsonText.Kind.OBJECT) {
      edits.replace(options, USAGE_ASKED);
      return;
    }
    int usage = json.member(options, "include_usage");
    if (usage < 0) {
      edits.add(options, "include_usage", "true");
    } else if (json.kind(usage) != JsonText.Kind.TRUE) {
      edits.replace(usage, "true");
    }
  }

  /** The caller's own value gives way: with another tenant's it could share, or time, what that tenant's prompts left in the cache. */
  private void tenant(String tenantHash) {
    switch (dialect) {
      case DEEPSEEK -> set("user_id", JsonWriter.quote(tenantHash));
      case VLLM -> set("cache_salt", JsonWriter.quote(tenantHash));
      case OPENAI, LLAMA_CPP, OLLAMA -> { }
    }
  }

  private void tokenLimit() {
    int newer = json.member(0, "max_completion_tokens");
    if (newer < 0 || json.kind(newer) != JsonText.Kind.NUMBER) {
      return;
    }
    int older = json.member(0, "max_tokens");
    switch (dialect) {
      case DEEPSEEK, OLLAMA -> {
        // Both read max_tokens only; Ollama drops the newer name without a word.
        if (older < 0) {
          edits.rename(newer - 1, "max_tokens");
        } else {
          edits.replace(older, number(newer));
          edits.remove(0, newer);
        }
      }
      case LLAMA_CPP -> {
        // Which name is read depends on the build: give both.
        if (older < 0) {
          edits.add(0, "max_tokens", number(newer));
        }
      }
      case OPENAI, VLLM -> { }
    }
  }

  /** A tool conversation begun on one upstream goes on at another only if its reasoning comes back under the name that one reads. */
  private void reasoning() {
    switch (dialect) {
      case VLLM, OLLAMA -> renameInMessages("reasoning_content", "reasoning");
      case DEEPSEEK, LLAMA_CPP -> renameInMessages("reasoning", "reasoning_content");
      case OPENAI -> { }
    }
  }

  private void renameInMessages(String from, String to) {
    int messages = json.member(0, "messages");
    if (messages < 0 || json.kind(messages) != JsonText.Kind.ARRAY) {
      return;
    }
    for (int message = messages + 1; message < json.next(messages); message = json.next(message)) {
      int node = json.member(message, from);
      if (node >= 0 && json.member(message, to) < 0) {
        edits.rename(node - 1, to);
      }
    }
  }

  private void set(String name, String value) {
    int node = json.member(0, name);
    if (node < 0) {
      edits.add(0, name, value);
    } else {
      edits.replace(node, value);
    }
  }

  private void removeMember(String name) {
    int node = json.member(0, name);
    if (node >= 0) {
      edits.remove(0, node);
    }
  }

  private String number(int node) {
    StringBuilder out = new StringBuilder();
    for (int i = json.start(node); i < json.end(node); i++) {
      out.append((char) json.at(i));
    }
    return out.toString();
  }
}
