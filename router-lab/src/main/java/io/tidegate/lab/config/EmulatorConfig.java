package io.tidegate.lab.config;

import io.tidegate.lab.tls.SelfMadeCertificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one emulator behaves. Immutable; {@code EmulatorConfig.of(VLLM)} is ready to use, every {@code with} in the {@link Builder} is optional.
 *
 * @param bindAddress a literal IP address; loopback unless told otherwise
 * @param port 0 takes a free one
 * @param name who answers, as the answers themselves say it
 * @param models served models, the first is the default chat model
 * @param cloudModels Ollama only: models that it would send out of the building ({@code remote_host})
 * @param seed same seed and same order of requests = same answers, but for {@code created}
 * @param tls null = plain
 * @param apiKey null = nobody is asked for one
 * @param thinkTime from the start of computing to the first token
 * @param tokensPerSecond 0 = all at once
 * @param slots requests computed at once (DeepSeek: the account cap)
 * @param queue requests that wait for a slot before the dialect refuses
 * @param keepAliveEvery pings while nothing else is sent (DeepSeek: comments or blank lines; llama.cpp: {@code :}); null = none
 * @param inferenceStartLimit DeepSeek: closes if computing has not begun by then
 * @param contextTokens longest prompt, in estimated tokens
 * @param embeddingDimensions length of vectors unless the request names one
 * @param embeddings llama.cpp: started with {@code --embeddings}
 * @param prefixUnits DeepSeek: parts of prompts that its cache knows, at most
 * @param metrics llama.cpp: started with {@code --metrics}
 * @param oldForms vLLM: flat error bodies, old gauge names; llama.cpp: bare {@code error:} line in streams
 * @param priorityScheduling vLLM: the {@code priority} field is accepted and orders the queue
 * @param forcedUsage vLLM: usage in streams without being asked
 * @param thinks reasoning unless the request says otherwise (DeepSeek: on by default)
 * @param echoes chats are answered with the text of the last message, so that a test sees what became of it on both ways
 * @param computeOnShare share of requests, 0 to 1, whose computing goes on after their client has left
 * @param loadTime Ollama: time to load a model at its first use
 * @param keepLoaded Ollama: time until an idle model is unloaded
 * @param maxStreams HTTP/2 MAX_CONCURRENT_STREAMS
 * @param windowBytes HTTP/2 INITIAL_WINDOW_SIZE for request bodies
 * @param marking answers say for which tenant mark and which marked word they were computed: for made-up requests of isolation tests
 * @param recording keep what is received, not only count it
 * @param recordLimitBytes most that is kept; past it the record is void and connections close
 * @param threads event loops
 * @param clock for {@code created} and expiry times in bodies
 */
public record EmulatorConfig(EmulatedDialect dialect, String bindAddress, int port, String name, List<String> models, List<String> cloudModels,
    long seed, @Nullable SelfMadeCertificate tls, @Nullable String apiKey, Duration thinkTime, double tokensPerSecond, int slots, int queue,
    @Nullable Duration keepAliveEvery, Duration inferenceStartLimit, int contextTokens, int embeddingDimensions, boolean embeddings,
    int prefixUnits, boolean metrics, boolean oldForms, boolean priorityScheduling, boolean forcedUsage, boolean thinks, boolean echoes, double computeOnShare,
    Duration loadTime, Duration keepLoaded, long maxStreams, int windowBytes, boolean marking, boolean recording, long recordLimitBytes, int threads,
    InstantSource clock) {

  public EmulatorConfig {
    models = List.copyOf(models);
    cloudModels = List.copyOf(cloudModels);
    if (models.isEmpty() || slots < 1 || queue < 0 || threads < 1 || tokensPerSecond < 0 || computeOnShare < 0 || computeOnShare > 1
        || embeddingDimensions < 1 || prefixUnits < 1 || contextTokens < 1) {
      throw new IllegalArgumentException("an emulator needs a model, a slot and a thread, and no negative sizes");
    }
  }

  /** A plain emulator on a free loopback port with the dialect's own habits. */
  public static EmulatorConfig of(EmulatedDialect dialect) {
    return builder(dialect).build();
  }

  public static Builder builder(EmulatedDialect dialect) {
    return new Builder(dialect);
  }

  /** Prints no key. */
  @Override
  public String toString() {
    return "EmulatorConfig[" + dialect + ", " + bindAddress + ":" + port + "]";
  }

  /** Collects wishes; used by one thread. Each method is named as the component it sets. */
  public static final class Builder {
    private static final long MIB = 1024 * 1024;

    private final EmulatedDialect dialect;
    private String bindAddress = "127.0.0.1";
    private int port;
    private String name;
    private List<String> models;
    private List<String> cloudModels = List.of();
    private long seed = 1;
    private @Nullable SelfMadeCertificate tls;
    private @Nullable String apiKey;
    private Duration thinkTime = Duration.ZERO;
    private double tokensPerSecond;
    private int slots;
    private int queue;
    private @Nullable Duration keepAliveEvery;
    private Duration inferenceStartLimit = Duration.ofMinutes(10);
    private int contextTokens = 131_072;
    private int embeddingDimensions = 64;
    private boolean embeddings = true;
    private int prefixUnits = 65_536;
    private boolean metrics = true;
    private boolean oldForms;
    private boolean priorityScheduling;
    private boolean forcedUsage;
    private boolean thinks;
    private boolean echoes;
    private double computeOnShare;
    private Duration loadTime = Duration.ZERO;
    private Duration keepLoaded = Duration.ofMinutes(5);
    private long maxStreams = 1000;
    private int windowBytes = 1024 * 1024;
    private boolean marking;
    private boolean recording = true;
    private long recordLimitBytes = 256 * MIB;
    private int threads = 1;
    private InstantSource clock = InstantSource.system();

    private Builder(EmulatedDialect dialect) {
      this.dialect = dialect;
      this.name = dialect.label();
      this.models = dialect.models();
      this.slots = dialect.slots();
      this.queue = dialect.queue();
      this.thinks = dialect == EmulatedDialect.DEEPSEEK;
    }

    public Builder bindAddress(String value) {
      bindAddress = value;
      return this;
    }

    public Builder port(int value) {
      port = value;
      return this;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder models(String... values) {
      models = List.of(values);
      return this;
    }

    public Builder cloudModels(String... values) {
      cloudModels = List.of(values);
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder tls(@Nullable SelfMadeCertificate value) {
      tls = value;
      return this;
    }

    public Builder apiKey(@Nullable String value) {
      apiKey = value;
      return this;
    }

    public Builder thinkTime(Duration value) {
      thinkTime = value;
      return this;
    }

    public Builder tokensPerSecond(double value) {
      tokensPerSecond = value;
      return this;
    }

    public Builder slots(int value) {
      slots = value;
      return this;
    }

    public Builder queue(int value) {
      queue = value;
      return this;
    }

    public Builder keepAliveEvery(@Nullable Duration value) {
      keepAliveEvery = value;
      return this;
    }

    public Builder inferenceStartLimit(Duration value) {
      inferenceStartLimit = value;
      return this;
    }

    public Builder contextTokens(int value) {
      contextTokens = value;
      return this;
    }

    public Builder embeddingDimensions(int value) {
      embeddingDimensions = value;
      return this;
    }

    public Builder embeddings(boolean value) {
      embeddings = value;
      return this;
    }

    public Builder prefixUnits(int value) {
      prefixUnits = value;
      return this;
    }

    public Builder metrics(boolean value) {
      metrics = value;
      return this;
    }

    public Builder oldForms(boolean value) {
      oldForms = value;
      return this;
    }

    public Builder priorityScheduling(boolean value) {
      priorityScheduling = value;
      return this;
    }

    public Builder forcedUsage(boolean value) {
      forcedUsage = value;
      return this;
    }

    public Builder thinks(boolean value) {
      thinks = value;
      return this;
    }

    public Builder echoes(boolean value) {
      echoes = value;
      return this;
    }

    public Builder computeOnShare(double value) {
      computeOnShare = value;
      return this;
    }

    public Builder loadTime(Duration value) {
      loadTime = value;
      return this;
    }

    public Builder keepLoaded(Duration value) {
      keepLoaded = value;
      return this;
    }

    public Builder maxStreams(long value) {
      maxStreams = value;
      return this;
    }

    public Builder windowBytes(int value) {
      windowBytes = value;
      return this;
    }

    public Builder marking(boolean value) {
      marking = value;
      return this;
    }

    public Builder recording(boolean value) {
      recording = value;
      return this;
    }

    public Builder recordLimitBytes(long value) {
      recordLimitBytes = value;
      return this;
    }

    public Builder threads(int value) {
      threads = value;
      return this;
    }

    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    public EmulatorConfig build() {
      return new EmulatorConfig(dialect, bindAddress, port, name, models, cloudModels, seed, tls, apiKey, thinkTime, tokensPerSecond, slots,
          queue, keepAliveEvery, inferenceStartLimit, contextTokens, embeddingDimensions, embeddings, prefixUnits, metrics, oldForms, priorityScheduling,
          forcedUsage, thinks, echoes, computeOnShare, loadTime, keepLoaded, maxStreams, windowBytes, marking, recording, recordLimitBytes, threads, clock);
    }
  }
}
