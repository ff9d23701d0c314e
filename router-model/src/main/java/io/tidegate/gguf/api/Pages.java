package io.tidegate.gguf.api;

import io.tidegate.gguf.engine.Card;
import io.tidegate.gguf.engine.Load;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What can be asked about the server itself; no content. Pure. */
public final class Pages {
  private Pages() {}

  public static byte[] health() {
    return new JsonWriter().beginObject().key("status").string("ok").endObject().toBytes();
  }

  /** @param created in seconds since 1970 */
  public static byte[] models(Card card, int context, long created) {
    return new JsonWriter().beginObject().key("object").string("list").key("data").beginArray().beginObject().key("id").string(card.name()).key("object")
        .string("model").key("created").number(created).key("owned_by").string("tidegate").key("meta").beginObject().key("desc")
        .string(card.description()).key("n_vocab").number(card.vocabulary()).key("n_ctx").number(context).key("n_ctx_train").number(card.trainedContext())
        .key("n_params").number(card.parameters()).key("size").number(card.fileBytes()).endObject().endObject().endArray().endObject().toBytes();
  }

  public static byte[] slots(Load load) {
    JsonWriter out = new JsonWriter().beginArray();
    for (Load.Slot slot : load.slots()) {
      out.beginObject().key("id").number(slot.id()).key("n_ctx").number(slot.context()).key("is_processing").bool(slot.busy()).key("n_prompt_tokens")
          .number(slot.promptTokens()).key("n_prompt_tokens_processed").number(slot.promptRead()).key("n_decoded").number(slot.made()).endObject();
    }
    return out.endArray().toBytes();
  }

  public static byte[] props(Card card, Load load, int context) {
    return new JsonWriter().beginObject().key("total_slots").number(load.slots().size()).key("model_alias").string(card.name()).key("n_ctx").number(context)
        .key("chat_template_in_file").bool(card.template()).key("is_sleeping").bool(false).key("build_info").string("tidegate model").endObject().toBytes();
  }

  /** Counters, never gauges of a window: a scrape takes nothing from the next reader. */
  public static byte[] metrics(Load load) {
    StringBuilder out = new StringBuilder();
    metric(out, "prompt_tokens_total", "counter", "Tokens of prompts.", load.prefillTokens());
    metric(out, "prompt_seconds_total", "counter", "Time spent on prompts.", load.prefillNanos() / 1e9);
    metric(out, "tokens_predicted_total", "counter", "Tokens of answers.", load.decodeTokens());
    metric(out, "tokens_predicted_seconds_total", "counter", "Time spent on answers.", load.decodeNanos() / 1e9);
    metric(out, "n_decode_total", "counter", "Batches.", load.runs());
    metric(out, "requests_processing", "gauge", "Answers under way.", load.busy());
    metric(out, "requests_deferred", "gauge", "Requests that wait for a slot.", load.waiting());
    metric(out, "slots", "gauge", "Answers that can be under way at a time.", load.slots().size());
    metric(out, "requests_finished_total", "counter", "Answers that ended by themselves.", load.finished());
    metric(out, "requests_refused_total", "counter", "Requests that found the queue full.", load.refused());
    metric(out, "requests_cancelled_total", "counter", "Requests whose caller went away.", load.cancelled());
    metric(out, "requests_failed_total", "counter", "Requests that could not be answered.", load.failed());
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void metric(StringBuilder out, String name, String type, String help, double value) {
    out.append("# HELP llamacpp:").append(name).append(' ').append(help).append("\n# TYPE llamacpp:").append(name).append(' ').append(type)
        .append("\nllamacpp:").append(name).append(' ')
        .append(value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.6f", value)).append('\n');
  }
}
