package io.tidegate.gguf.llama;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The functions of llama.h (build b4916) that are used, and the two structures whose layout matters. A C {@code bool} is a byte here: the upper bits
 * of a returned one mean nothing.
 */
@SuppressWarnings("checkstyle:MethodName")
final class LlamaCpp {
  /** Of what the library is built from. */
  static final String BUILD = "llama.cpp b4916 (de.kherud:llama 4.2.0)";

  private LlamaCpp() {}

  /** Binds this class to the library; once. */
  static void bind(Path library) {
    Native.register(LlamaCpp.class, NativeLibrary.getInstance(library.toString()));
  }

  /** See llama.h. */
  @Structure.FieldOrder({"devices", "gpuLayers", "splitMode", "mainGpu", "tensorSplit", "progress", "progressData", "overrides", "vocabOnly", "mmap", "mlock",
      "checkTensors"})
  public static class ModelParameters extends Structure implements Structure.ByValue {
    public @Nullable Pointer devices;
    public int gpuLayers;
    public int splitMode;
    public int mainGpu;
    public @Nullable Pointer tensorSplit;
    public @Nullable Pointer progress;
    public @Nullable Pointer progressData;
    public @Nullable Pointer overrides;
    public byte vocabOnly;
    public byte mmap;
    public byte mlock;
    public byte checkTensors;

    /** Whether the defaults stand where they are expected: otherwise the library is another build, and every call a guess. */
    boolean plausible() {
      return splitMode == 1 && mainGpu == 0 && vocabOnly == 0 && mmap == 1 && mlock == 0 && checkTensors == 0;
    }
  }

  /** See llama.h. */
  @Structure.FieldOrder({"context", "batch", "ubatch", "sequences", "threads", "batchThreads", "ropeScaling", "pooling", "attention", "ropeBase", "ropeScale",
      "yarnExt", "yarnAttention", "yarnFast", "yarnSlow", "yarnContext", "defragThreshold", "evaluation", "evaluationData", "typeK", "typeV", "logitsAll",
      "embeddings", "offload", "flashAttention", "noPerf", "abort", "abortData"})
  public static class ContextParameters extends Structure implements Structure.ByValue {
    public int context;
    public int batch;
    public int ubatch;
    public int sequences;
    public int threads;
    public int batchThreads;
    public int ropeScaling;
    public int pooling;
    public int attention;
    public float ropeBase;
    public float ropeScale;
    public float yarnExt;
    public float yarnAttention;
    public float yarnFast;
    public float yarnSlow;
    public int yarnContext;
    public float defragThreshold;
    public @Nullable Pointer evaluation;
    public @Nullable Pointer evaluationData;
    public int typeK;
    public int typeV;
    public byte logitsAll;
    public byte embeddings;
    public byte offload;
    public byte flashAttention;
    public byte noPerf;
    public @Nullable Pointer abort;
    public @Nullable Pointer abortData;

    boolean plausible() {
      return context == 512 && batch == 2048 && ubatch == 512 && sequences == 1 && pooling == -1 && yarnFast == 32 && yarnSlow == 1 && typeK == 1
          && typeV == 1 && logitsAll == 0 && embeddings == 0 && offload == 1 && noPerf == 1;
    }
  }

  /** See llama.h. */
  @Structure.FieldOrder({"tokens", "token", "embedding", "position", "sequenceCount", "sequence", "logits"})
  public static class Batch extends Structure implements Structure.ByValue {
    public int tokens;
    public @Nullable Pointer token;
    public @Nullable Pointer embedding;
    public @Nullable Pointer position;
    public @Nullable Pointer sequenceCount;
    public @Nullable Pointer sequence;
    public @Nullable Pointer logits;
  }

  /** See llama.h. */
  @Structure.FieldOrder("noPerf")
  public static class ChainParameters extends Structure implements Structure.ByValue {
    public byte noPerf = 1;
  }

  /** Takes what llama.cpp logs. */
  interface Log extends Callback {
    void line(int level, String text, @Nullable Pointer data);
  }

  static native void llama_log_set(Log log, @Nullable Pointer data);

  static native void llama_backend_init();

  static native String llama_print_system_info();

  static native ModelParameters llama_model_default_params();

  static native ContextParameters llama_context_default_params();

  static native @Nullable Pointer llama_model_load_from_file(byte[] path, ModelParameters parameters);

  static native void llama_model_free(Pointer model);

  static native Pointer llama_model_get_vocab(Pointer model);

  static native int llama_model_n_ctx_train(Pointer model);

  static native int llama_model_n_embd(Pointer model);

  static native long llama_model_n_params(Pointer model);

  static native int llama_model_desc(Pointer model, byte[] buffer, long length);

  static native @Nullable Pointer llama_model_chat_template(Pointer model, @Nullable Pointer name);

  static native int llama_chat_apply_template(Pointer template, Pointer messages, long count, byte addAssistant, byte[] buffer, int length);

  static native int llama_vocab_n_tokens(Pointer vocab);

  static native byte llama_vocab_is_eog(Pointer vocab, int token);

  static native byte llama_vocab_is_control(Pointer vocab, int token);

  static native int llama_tokenize(Pointer vocab, byte[] text, int textLength, int[] tokens, int most, byte addSpecial, byte parseSpecial);

  static native int llama_token_to_piece(Pointer vocab, int token, byte[] buffer, int length, int strip, byte special);

  static native @Nullable Pointer llama_init_from_model(Pointer model, ContextParameters parameters);

  static native void llama_free(Pointer context);

  static native int llama_pooling_type(Pointer context);

  static native Batch llama_batch_init(int tokens, int embedding, int sequences);

  static native void llama_batch_free(Batch batch);

  static native int llama_decode(Pointer context, Batch batch);

  static native @Nullable Pointer llama_get_logits_ith(Pointer context, int row);

  static native @Nullable Pointer llama_get_embeddings_ith(Pointer context, int row);

  static native @Nullable Pointer llama_get_embeddings_seq(Pointer context, int sequence);

  static native byte llama_kv_self_seq_rm(Pointer context, int sequence, int from, int to);

  static native void llama_kv_self_clear(Pointer context);

  static native void llama_kv_self_defrag(Pointer context);

  static native void llama_kv_self_update(Pointer context);

  static native Pointer llama_sampler_chain_init(ChainParameters parameters);

  static native void llama_sampler_chain_add(Pointer chain, Pointer sampler);

  static native Pointer llama_sampler_init_greedy();

  static native Pointer llama_sampler_init_dist(int seed);

  static native Pointer llama_sampler_init_top_k(int k);

  static native Pointer llama_sampler_init_top_p(float p, long keep);

  static native Pointer llama_sampler_init_min_p(float p, long keep);

  static native Pointer llama_sampler_init_temp(float temperature);

  static native Pointer llama_sampler_init_penalties(int lastTokens, float repeat, float frequency, float presence);

  static native @Nullable Pointer llama_sampler_init_grammar(Pointer vocab, byte[] grammar, byte[] root);

  static native int llama_sampler_sample(Pointer chain, Pointer context, int row);

  static native void llama_sampler_free(Pointer chain);
}
