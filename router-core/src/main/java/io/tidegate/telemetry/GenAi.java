package io.tidegate.telemetry;

/**
 * The names of OpenTelemetry's GenAI conventions that are spoken here, their attributes and buckets: nowhere else. The conventions are in development and
 * moved in 2026 from {@code semantic-conventions} to {@code semantic-conventions-genai}; these are those of {@link #VERSION}. An attribute that would carry
 * content ({@code gen_ai.input.messages}, {@code gen_ai.output.messages}, {@code gen_ai.system_instructions}) is not here, and never will be (G3).
 */
public final class GenAi {
  /** Of {@code semantic-conventions}; there they are marked as moved. */
  public static final String VERSION = "1.43.0";
  public static final String SCHEMA_URL = "https://opentelemetry.io/schemas/" + VERSION;

  public static final String CLIENT_DURATION = "gen_ai.client.operation.duration";
  public static final String CLIENT_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";
  public static final String TOKENS = "gen_ai.client.token.usage";
  public static final String SERVER_DURATION = "gen_ai.server.request.duration";
  public static final String FIRST_TOKEN = "gen_ai.server.time_to_first_token";
  public static final String PER_TOKEN = "gen_ai.server.time_per_output_token";

  public static final String OPERATION = "gen_ai.operation.name";
  public static final String PROVIDER = "gen_ai.provider.name";
  public static final String TOKEN_TYPE = "gen_ai.token.type";
  public static final String ERROR = "error.type";

  /** Seconds: 0.01·2ⁿ. */
  static final double[] DURATION_BUCKETS = {0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
  static final double[] FIRST_TOKEN_BUCKETS = {.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10};
  static final double[] PER_TOKEN_BUCKETS = {.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5};
  /** 4ⁿ. */
  static final double[] TOKEN_BUCKETS = {1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};

  private GenAi() {}
}
