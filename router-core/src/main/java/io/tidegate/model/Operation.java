package io.tidegate.model;

/** What a caller may ask a model for. Each operation has its own path and answer shape. */
public enum Operation {
  CHAT("/v1/chat/completions", "chat"),
  COMPLETION("/v1/completions", "text_completion"),
  EMBEDDING("/v1/embeddings", "embeddings");

  private final String path;
  private final String telemetryName;

  Operation(String path, String telemetryName) {
    this.path = path;
    this.telemetryName = telemetryName;
  }

  /** The OpenAI path, e.g. {@code /v1/chat/completions}. */
  public String path() {
    return path;
  }

  /** Value of OpenTelemetry's {@code gen_ai.operation.name}. */
  public String telemetryName() {
    return telemetryName;
  }
}
