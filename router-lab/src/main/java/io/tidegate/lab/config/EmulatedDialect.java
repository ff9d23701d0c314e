package io.tidegate.lab.config;

import java.util.List;

/** The upstreams that can be emulated, with what they do if nothing else is said. Sources: upstreams.md sections 1 to 5. */
public enum EmulatedDialect {
  OPENAI("OpenAI", List.of("gpt-5-mini", "text-embedding-3-small"), Integer.MAX_VALUE, Integer.MAX_VALUE, false),
  /** In flight per account: flash 2,500; beyond it 429, no queue. */
  DEEPSEEK("DeepSeek (public)", List.of("deepseek-flash", "deepseek-v4-pro"), 2_500, 0, true),
  /** Batches many; queues without end. */
  VLLM("vLLM (private)", List.of("qwen3-32b", "bge-m3"), 256, Integer.MAX_VALUE, true),
  /** Four slots; defers without end. */
  LLAMA_CPP("llama.cpp server (private)", List.of("qwen3-8b-q4"), 4, Integer.MAX_VALUE, true),
  /** One at a time per model; queue 512, then 503. */
  OLLAMA("Ollama (private)", List.of("qwen3:8b", "nomic-embed-text"), 1, 512, false);

  private final String label;
  private final List<String> models;
  private final int slots;
  private final int queue;
  private final boolean headsEarly;

  EmulatedDialect(String label, List<String> models, int slots, int queue, boolean headsEarly) {
    this.label = label;
    this.models = models;
    this.slots = slots;
    this.queue = queue;
    this.headsEarly = headsEarly;
  }

  /** The name an answer gives, unless the configuration has another. */
  public String label() {
    return label;
  }

  public List<String> models() {
    return models;
  }

  /** Requests computed at once. */
  public int slots() {
    return slots;
  }

  /** Requests that may wait for a slot. */
  public int queue() {
    return queue;
  }

  /** Whether a stream's 200 goes out before the first token is there. */
  public boolean headsEarly() {
    return headsEarly;
  }
}
