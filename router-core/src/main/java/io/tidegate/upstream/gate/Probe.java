package io.tidegate.upstream.gate;

import io.tidegate.model.Dialect;
import java.util.Optional;

/** The questions the gate may put without a clearance: constant, without a body, about the endpoint itself (decisions 20). */
public enum Probe {
  /** vLLM and llama.cpp. */
  HEALTH("/health", false),
  /** OpenAI's list, below the upstream's base path. */
  MODELS("/models", true),
  /** llama.cpp: what it has to do. Asked of one that is well; its answer is the only one that is looked into. */
  SLOTS("/slots", false),
  /** Ollama: what is loaded. */
  LOADED("/api/ps", false);

  private final String path;
  private final boolean belowBase;

  Probe(String path, boolean belowBase) {
    this.path = path;
    this.belowBase = belowBase;
  }

  /** The path to ask for at an upstream with {@code basePath}. */
  String path(String basePath) {
    return belowBase ? basePath + path : path;
  }

  /** What is asked after {@link #of} went well; empty for nothing. */
  static Optional<Probe> then(Dialect dialect) {
    return dialect == Dialect.LLAMA_CPP ? Optional.of(SLOTS) : Optional.empty();
  }

  /** How an upstream of {@code dialect} is probed; empty for DeepSeek, which answers only those who have an account. */
  public static Optional<Probe> of(Dialect dialect) {
    return switch (dialect) {
      case VLLM, LLAMA_CPP -> Optional.of(HEALTH);
      case OLLAMA -> Optional.of(LOADED);
      case OPENAI -> Optional.of(MODELS);
      case DEEPSEEK -> Optional.empty();
    };
  }
}
