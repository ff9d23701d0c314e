package io.tidegate.gguf.bench;

import io.tidegate.wire.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says how B compares to A.
 *
 * @param promptTokens read in each repetition
 * @param decodeTokens made in each repetition
 * @param textTokens of the fixed text
 * @param agreement share of its places where both find the same token likeliest
 * @param estimate of another machine; empty for none
 */
public record Report(Machine machine, Measured a, Measured b, int promptTokens, int decodeTokens, int textTokens, double agreement,
    Optional<Estimate> estimate) {
  /**
   * A machine that was not measured.
   *
   * @param bandwidthBytes memory it can read in a second
   */
  public record Estimate(String name, double bandwidthBytes) {
    /** Each token of an answer needs every weight once. */
    double decode(Measured of) {
      return bandwidthBytes / of.bytes();
    }
  }

  public String text() {
    StringBuilder out = new StringBuilder();
    line(out, "measured on %s", machine.line());
    line(out, "%d repetitions, turn by turn; mean and 95 %% interval", a.prefill().values().size());
    line(out, "");
    line(out, "%-34s %16s %16s %16s", "", "A", "B", "B/A");
    line(out, "%-34s %16s %16s", "file", cut(a.name()), cut(b.name()));
    line(out, "%-34s %16s %16s", "quantisation", kind(a), kind(b));
    line(out, "%-34s %12.1f MiB %12.1f MiB %16.3f", "size", mib(a.bytes()), mib(b.bytes()), (double) b.bytes() / a.bytes());
    line(out, "%-34s %16.2f %16.2f", "bits a weight", a.bitsPerWeight(), b.bitsPerWeight());
    row(out, "prefill, tokens/s (" + promptTokens + " tokens)", a.prefill(), b.prefill());
    row(out, "decode, tokens/s (" + decodeTokens + " tokens)", a.decode(), b.decode());
    line(out, "%-34s %12.1f MiB %12.1f MiB %16.3f", "peak memory", mib(a.peakBytes()), mib(b.peakBytes()), (double) b.peakBytes() / a.peakBytes());
    line(out, "%-34s %16.3f %16.3f %16.4f", "perplexity (" + textTokens + " tokens)", a.perplexity(), b.perplexity(), b.perplexity() / a.perplexity());
    line(out, "%-34s %50.1f %%", "same likeliest token", 100 * agreement);
    estimate.ifPresent(of -> {
      line(out, "");
      line(out, "ESTIMATE, not measured, for %s: %.1f GB/s of memory bandwidth over the size of the file, at most", of.name(), of.bandwidthBytes() / 1e9);
      line(out, "%-34s %16.1f %16.1f", "decode, tokens/s, estimated", of.decode(a), of.decode(b));
    });
    return out.toString();
  }

  public byte[] json() {
    JsonWriter out = new JsonWriter().beginObject();
    out.key("machine").beginObject().key("cpu").string(machine.cpu()).key("cores").number(machine.cores()).key("memory_bytes")
        .number(machine.memoryBytes()).key("system").string(machine.system()).key("threads").number(machine.threads()).key("build")
        .string(machine.build()).endObject();
    out.key("prompt_tokens").number(promptTokens).key("decode_tokens").number(decodeTokens).key("text_tokens").number(textTokens);
    file(out, "a", a);
    file(out, "b", b);
    out.key("ratio").beginObject().key("size").number((double) b.bytes() / a.bytes()).key("peak_memory").number((double) b.peakBytes() / a.peakBytes())
        .key("perplexity").number(b.perplexity() / a.perplexity());
    sample(out, "prefill", b.prefill().over(a.prefill()));
    sample(out, "decode", b.decode().over(a.decode()));
    out.endObject().key("agreement").number(agreement);
    estimate.ifPresent(of -> out.key("estimate").beginObject().key("measured").bool(false).key("machine").string(of.name()).key("bandwidth_bytes_per_s")
        .number(of.bandwidthBytes()).key("decode_a").number(of.decode(a)).key("decode_b").number(of.decode(b)).endObject());
    return out.endObject().toBytes();
  }

  private static void file(JsonWriter out, String key, Measured of) {
    out.key(key).beginObject().key("file").string(of.name()).key("description").string(of.description()).key("bytes").number(of.bytes())
        .key("parameters").number(of.parameters()).key("bits_per_weight").number(of.bitsPerWeight()).key("peak_bytes").number(of.peakBytes())
        .key("perplexity").number(of.perplexity());
    sample(out, "prefill_tokens_per_s", of.prefill());
    sample(out, "decode_tokens_per_s", of.decode());
    out.endObject();
  }

  private static void sample(JsonWriter out, String key, Sample sample) {
    out.key(key).beginObject().key("mean").number(sample.mean()).key("interval95").number(sample.interval()).key("values").beginArray();
    for (double value : sample.values()) {
      out.number(value);
    }
    out.endArray().endObject();
  }

  private static void row(StringBuilder out, String name, Sample a, Sample b) {
    Sample ratio = b.over(a);
    line(out, "%-34s %9.1f ± %4.1f %9.1f ± %4.1f %9.2f ± %.2f", name, a.mean(), a.interval(), b.mean(), b.interval(), ratio.mean(), ratio.interval());
  }

  private static String kind(Measured of) {
    List<String> words = List.of(of.description().split(" ", 3));
    return cut(words.get(words.size() - 1));
  }

  private static String cut(String text) {
    return text.length() <= 16 ? text : "…" + text.substring(text.length() - 15);
  }

  private static double mib(long bytes) {
    return bytes / (double) (1 << 20);
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
