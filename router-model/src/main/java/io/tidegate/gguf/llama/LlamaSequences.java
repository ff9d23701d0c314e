package io.tidegate.gguf.llama;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.engine.Sampling;
import io.tidegate.gguf.engine.Sequences;

/** A context of llama.cpp. One thread at a time. */
final class LlamaSequences implements Sequences {
  /** Tokens the model looks at together: more read a prompt faster, and delay others' next token by more. */
  private static final int BATCH = 128;
  private static final float DEFRAG = 0.1f;
  /** llama_decode: no free cells in a row. */
  private static final int NO_ROOM = 1;
  /** Tokens that the penalties look back on. */
  private static final int LOOK_BACK = 256;

  private final Pointer context;
  private final Pointer vocab;
  private final int vocabulary;
  private final int length;
  private final int room;
  private final LlamaCpp.Batch batch;
  private final Pointer token;
  private final Pointer position;
  private final Pointer sequenceCount;
  private final Pointer sequence;
  private final Pointer logits;
  private int filled;
  private boolean ran;

  LlamaSequences(Pointer model, Pointer vocab, int vocabulary, int sequences, int length, int threads) {
    this(model, vocab, vocabulary, length, BATCH, parameters(sequences, length * sequences, BATCH, threads));
  }

  private LlamaSequences(Pointer model, Pointer vocab, int vocabulary, int length, int room, LlamaCpp.ContextParameters parameters) {
    Pointer made = LlamaCpp.llama_init_from_model(model, parameters);
    if (made == null) {
      throw new IllegalStateException("no room for a context of " + parameters.context + " tokens");
    }
    this.context = made;
    this.vocab = vocab;
    this.vocabulary = vocabulary;
    this.length = length;
    this.room = room;
    this.batch = LlamaCpp.llama_batch_init(room, 0, 1);
    this.token = there(batch.token);
    this.position = there(batch.position);
    this.sequenceCount = there(batch.sequenceCount);
    this.sequence = there(batch.sequence);
    this.logits = there(batch.logits);
  }

  static LlamaSequences embedding(Pointer model, Pointer vocab, int vocabulary, int length, int threads) {
    LlamaCpp.ContextParameters parameters = parameters(1, length, length, threads);
    parameters.embeddings = 1;
    return new LlamaSequences(model, vocab, vocabulary, length, length, parameters);
  }

  private static LlamaCpp.ContextParameters parameters(int sequences, int context, int batch, int threads) {
    LlamaCpp.ContextParameters parameters = LlamaCpp.llama_context_default_params();
    parameters.context = context;
    parameters.batch = batch;
    parameters.ubatch = batch;
    parameters.sequences = sequences;
    parameters.threads = threads;
    parameters.batchThreads = threads;
    parameters.defragThreshold = DEFRAG;
    parameters.noPerf = 1;
    return parameters;
  }

  private static Pointer there(@org.jspecify.annotations.Nullable Pointer pointer) {
    if (pointer == null) {
      throw new IllegalStateException("a batch without room");
    }
    return pointer;
  }

  @Override
  public int room() {
    return room;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void add(int toSequence, int nextToken, int at, boolean predict) {
    if (ran) {
      filled = 0;
      ran = false;
    }
    token.setInt(4L * filled, nextToken);
    position.setInt(4L * filled, at);
    sequenceCount.setInt(4L * filled, 1);
    sequence.getPointer((long) Native.POINTER_SIZE * filled).setInt(0, toSequence);
    logits.setByte(filled, LlamaWeights.flag(predict));
    filled++;
  }

  @Override
  public void run() throws EngineFailure {
    batch.tokens = filled;
    ran = true;
    int result = LlamaCpp.llama_decode(context, batch);
    if (result == NO_ROOM) {
      // Cells are free, but not in a row: answers of different lengths came and went.
      LlamaCpp.llama_kv_self_defrag(context);
      LlamaCpp.llama_kv_self_update(context);
      result = LlamaCpp.llama_decode(context, batch);
    }
    if (result != 0) {
      throw new EngineFailure("decode " + result);
    }
  }

  @Override
  public int choose(Chooser chooser, int row) {
    return LlamaCpp.llama_sampler_sample(((Chain) chooser).chain, context, row);
  }

  @Override
  public double logProbability(int row, int next) {
    float[] values = there(LlamaCpp.llama_get_logits_ith(context, row)).getFloatArray(0, vocabulary);
    float most = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      most = Math.max(most, value);
    }
    double sum = 0;
    for (float value : values) {
      sum += Math.exp(value - most);
    }
    return values[next] - most - Math.log(sum);
  }

  /** The vector of a text, of length 1: made as the file says, and where it does not say, the mean of what stands at each token. */
  float[] embed(int[] tokens, int width) throws EngineFailure {
    LlamaCpp.llama_kv_self_clear(context);
    for (int i = 0; i < tokens.length; i++) {
      add(0, tokens[i], i, true);
    }
    run();
    double[] sum = new double[width];
    boolean pooled = LlamaCpp.llama_pooling_type(context) > 0;
    for (int i = 0; i < (pooled ? 1 : tokens.length); i++) {
      Pointer vector = pooled ? LlamaCpp.llama_get_embeddings_seq(context, 0) : LlamaCpp.llama_get_embeddings_ith(context, i);
      if (vector == null) {
        throw new EngineFailure("no embedding");
      }
      float[] values = vector.getFloatArray(0, width);
      for (int k = 0; k < width; k++) {
        sum[k] += values[k];
      }
    }
    LlamaCpp.llama_kv_self_clear(context);
    double square = 0;
    for (double value : sum) {
      square += value * value;
    }
    float[] unit = new float[width];
    for (int k = 0; k < width; k++) {
      unit[k] = square > 0 ? (float) (sum[k] / Math.sqrt(square)) : 0;
    }
    return unit;
  }

  @Override
  public Chooser chooser(Sampling sampling) {
    Pointer chain = LlamaCpp.llama_sampler_chain_init(new LlamaCpp.ChainParameters());
    if (sampling.json()) {
      Pointer grammar = LlamaCpp.llama_sampler_init_grammar(vocab, NativeLlama.c(JsonGrammar.TEXT), NativeLlama.c("root"));
      if (grammar != null) {
        LlamaCpp.llama_sampler_chain_add(chain, grammar);
      }
    }
    if (sampling.frequencyPenalty() != 0 || sampling.presencePenalty() != 0) {
      LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_penalties(LOOK_BACK, 1, (float) sampling.frequencyPenalty(),
          (float) sampling.presencePenalty()));
    }
    if (sampling.temperature() <= 0) {
      LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_greedy());
    } else {
      if (sampling.topK() > 0) {
        LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_top_k(sampling.topK()));
      }
      if (sampling.topP() < 1) {
        LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_top_p((float) sampling.topP(), 1));
      }
      if (sampling.minP() > 0) {
        LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_min_p((float) sampling.minP(), 1));
      }
      LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_temp((float) sampling.temperature()));
      LlamaCpp.llama_sampler_chain_add(chain, LlamaCpp.llama_sampler_init_dist(sampling.seed()));
    }
    return new Chain(chain);
  }

  @Override
  public void forget(int ofSequence) {
    LlamaCpp.llama_kv_self_seq_rm(context, ofSequence, -1, -1);
  }

  @Override
  public void close() {
    LlamaCpp.llama_batch_free(batch);
    LlamaCpp.llama_free(context);
  }

  private static final class Chain implements Chooser {
    private final Pointer chain;

    Chain(Pointer chain) {
      this.chain = chain;
    }

    @Override
    public void close() {
      LlamaCpp.llama_sampler_free(chain);
    }
  }
}
