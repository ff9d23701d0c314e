package io.tidegate.gguf.llama;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.tidegate.gguf.engine.Card;
import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.engine.Sequences;
import io.tidegate.gguf.engine.Turn;
import io.tidegate.gguf.engine.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A GGUF file in memory. The weights are mapped from it, so several processes share them. */
public final class LlamaWeights implements Weights {
  private static final int EMBEDDING_TOKENS = 512;

  private final Pointer model;
  private final Pointer vocab;
  private final Card card;
  private final @Nullable Pointer template;
  private final int threads;
  /** Null until an embedding is asked for. */
  private @Nullable LlamaSequences embedder;

  private LlamaWeights(Pointer model, Path file, String name, int threads) throws IOException {
    this.model = model;
    this.vocab = LlamaCpp.llama_model_get_vocab(model);
    this.template = LlamaCpp.llama_model_chat_template(model, null);
    this.threads = threads;
    byte[] buffer = new byte[256];
    LlamaCpp.llama_model_desc(model, buffer, buffer.length);
    this.card = new Card(name, Native.toString(buffer, StandardCharsets.UTF_8), Files.size(file), LlamaCpp.llama_model_n_params(model),
        LlamaCpp.llama_model_n_ctx_train(model), LlamaCpp.llama_vocab_n_tokens(vocab), template != null);
  }

  /**
   * Loads a file.
   *
   * @param name by which callers ask for it
   * @param threads for one batch
   * @throws IOException says what is wrong with the file, or with this machine
   */
  public static LlamaWeights load(Path file, String name, int threads) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException("there is no readable file " + file);
    }
    NativeLlama.load();
    LlamaCpp.ModelParameters parameters = LlamaCpp.llama_model_default_params();
    parameters.gpuLayers = 0;
    Pointer[] loaded = new Pointer[1];
    String complaints = NativeLlama.complaints(() -> loaded[0] = LlamaCpp.llama_model_load_from_file(NativeLlama.c(file.toString()), parameters));
    if (loaded[0] == null) {
      throw new IOException(file + " is not a model that can be loaded" + (complaints.isEmpty() ? "" : ": " + complaints.lines().findFirst().orElse("")));
    }
    return new LlamaWeights(loaded[0], file, name, threads);
  }

  /** Which build computes, and with which of this machine's instructions. */
  public static String build() {
    return LlamaCpp.BUILD + ", " + LlamaCpp.llama_print_system_info().strip();
  }

  @Override
  public Card card() {
    return card;
  }

  @Override
  public int[] tokens(String text, boolean begin, boolean special) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length + 8];
    int count = LlamaCpp.llama_tokenize(vocab, bytes, bytes.length, tokens, tokens.length, flag(begin), flag(special));
    if (count < 0) {
      tokens = new int[-count];
      count = LlamaCpp.llama_tokenize(vocab, bytes, bytes.length, tokens, tokens.length, flag(begin), flag(special));
    }
    return Arrays.copyOf(tokens, Math.max(0, count));
  }

  @Override
  public byte[] piece(int token) {
    byte[] buffer = new byte[64];
    int length = LlamaCpp.llama_token_to_piece(vocab, token, buffer, buffer.length, 0, flag(false));
    if (length < 0) {
      buffer = new byte[-length];
      length = LlamaCpp.llama_token_to_piece(vocab, token, buffer, buffer.length, 0, flag(false));
    }
    return Arrays.copyOf(buffer, Math.max(0, length));
  }

  @Override
  public boolean ends(int token) {
    return LlamaCpp.llama_vocab_is_eog(vocab, token) != 0;
  }

  @Override
  public boolean marks(int token) {
    return LlamaCpp.llama_vocab_is_control(vocab, token) != 0;
  }

  @Override
  public Optional<String> chat(List<Turn> turns) {
    Pointer written = template;
    if (written == null) {
      return Optional.of(transcript(turns));
    }
    int step = 2 * Native.POINTER_SIZE;
    Memory messages = new Memory((long) step * Math.max(1, turns.size()));
    List<Memory> kept = new ArrayList<>();
    int characters = 0;
    for (int i = 0; i < turns.size(); i++) {
      Memory role = c(turns.get(i).role().word());
      Memory content = c(turns.get(i).text());
      kept.add(role);
      kept.add(content);
      messages.setPointer((long) i * step, role);
      messages.setPointer((long) i * step + Native.POINTER_SIZE, content);
      characters += (int) content.size();
    }
    byte[] buffer = new byte[2 * characters + 1024];
    int length = LlamaCpp.llama_chat_apply_template(written, messages, turns.size(), flag(true), buffer, buffer.length);
    if (length > buffer.length) {
      buffer = new byte[length];
      length = LlamaCpp.llama_chat_apply_template(written, messages, turns.size(), flag(true), buffer, buffer.length);
    }
    java.lang.ref.Reference.reachabilityFence(kept);
    return length < 0 ? Optional.empty() : Optional.of(new String(buffer, 0, length, StandardCharsets.UTF_8));
  }

  /** For a model that was never taught a template: a written dialogue, which it has seen many of. */
  private static String transcript(List<Turn> turns) {
    StringBuilder out = new StringBuilder();
    for (Turn turn : turns) {
      out.append(switch (turn.role()) {
        case SYSTEM -> "";
        case USER -> "User: ";
        case ASSISTANT -> "Assistant: ";
        case TOOL -> "Tool: ";
      }).append(turn.text()).append('\n');
    }
    return out.append("Assistant:").toString();
  }

  private static Memory c(String text) {
    byte[] bytes = NativeLlama.c(text.replace('\0', '\uFFFD'));
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  @Override
  public Sequences open(int sequences, int length) {
    return new LlamaSequences(model, vocab, card.vocabulary(), sequences, length, threads);
  }

  @Override
  public int embeddingLength() {
    return Math.min(EMBEDDING_TOKENS, card.trainedContext());
  }

  @Override
  public synchronized float[] embedding(int[] tokens) throws EngineFailure {
    LlamaSequences by = embedder;
    if (by == null) {
      by = LlamaSequences.embedding(model, vocab, card.vocabulary(), embeddingLength(), threads);
      embedder = by;
    }
    return by.embed(tokens, LlamaCpp.llama_model_n_embd(model));
  }

  @Override
  public synchronized void close() {
    LlamaSequences by = embedder;
    if (by != null) {
      by.close();
      embedder = null;
    }
    LlamaCpp.llama_model_free(model);
  }

  static byte flag(boolean value) {
    return (byte) (value ? 1 : 0);
  }
}
