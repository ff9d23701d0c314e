package io.tidegate.embed;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model that makes a vector of a text, in this process. Any thread; may block. */
public interface TextEncoder extends AutoCloseable {
  /**
   * A vector of unit length, or null if the model does not read the whole of it: it is too long, or has words the model has no token for (hazard: two
   * texts that differ only there would be equal).
   *
   * @throws EncoderFailure without the text
   */
  float @Nullable [] encode(String text);

  @Override
  void close();

  /** A model failed. Its message holds no text. */
  final class EncoderFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EncoderFailure(String what) {
      super(what, null, false, false);
    }
  }

  /** Found by {@link java.util.ServiceLoader} in the jars that the operator names. */
  interface Provider {
    /**
     * @param model the model's file
     * @param tokenizer its {@code tokenizer.json} or {@code vocab.txt}
     * @param terms how it is to be run
     * @throws IOException if these are not what they should be; says what to do
     */
    TextEncoder open(Path model, Path tokenizer, Terms terms) throws IOException;
  }

  /**
   * @param maxTokens that the model reads; a longer text has no vector
   * @param firstToken the vector is that of the first token (CLS) rather than the mean of all
   */
  record Terms(int maxTokens, boolean firstToken) {}
}
