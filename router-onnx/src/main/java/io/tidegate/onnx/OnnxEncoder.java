package io.tidegate.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tidegate.embed.TextEncoder;
import io.tidegate.embed.Vectors;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A BERT sentence encoder in ONNX form, run in the process that asks: mean or first-token pooling, unit length. Any thread; runs one text at a time each. */
public final class OnnxEncoder implements TextEncoder {
  private static final Set<String> INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

  private final OrtSession session;
  private final WordPiece tokenizer;
  private final Terms terms;

  private OnnxEncoder(OrtSession session, WordPiece tokenizer, Terms terms) {
    this.session = session;
    this.tokenizer = tokenizer;
    this.terms = terms;
  }

  /** Loads one. */
  public static final class Opening implements TextEncoder.Provider {
    @Override
    public TextEncoder open(Path model, Path tokenizer, Terms terms) throws IOException {
      if (!Files.isReadable(model)) {
        throw new IOException("the file cannot be read. Fix: name a readable .onnx file");
      }
      WordPiece words = WordPiece.read(tokenizer);
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        OrtSession session = OrtEnvironment.getEnvironment().createSession(model.toString(), options);
        if (!INPUTS.containsAll(session.getInputNames()) || !session.getInputNames().contains("input_ids")) {
          session.close();
          throw new IOException("the model takes " + session.getInputNames() + ". Fix: use a BERT sentence encoder: input_ids, attention_mask, token_type_ids");
        }
        OnnxEncoder encoder = new OnnxEncoder(session, words, terms);
        encoder.tryOut();
        return encoder;
      } catch (OrtException e) {
        throw new IOException("it is no model that ONNX Runtime can run: " + e.getMessage() + ". Fix: use a BERT sentence encoder", e);
      }
    }
  }

  /** One run at the start: what a model gives is known only then. */
  private void tryOut() throws IOException, OrtException {
    long[] tokens = tokenizer.tokens("a", terms.maxTokens());
    if (tokens.length == 0 || run(tokens) == null) {
      throw new IOException("it gives no vectors. Fix: use a BERT sentence encoder whose first output is of shape [1, tokens, dimensions]");
    }
  }

  @Override
  public float @Nullable [] encode(String text) {
    long[] tokens = tokenizer.tokens(text, terms.maxTokens());
    if (tokens.length == 0) {
      return null;
    }
    try {
      return run(tokens);
    } catch (OrtException failed) {
      // Without the cause: its message may quote what it was given (G3).
      throw new EncoderFailure("the model failed");
    }
  }

  private float @Nullable [] run(long[] tokens) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] ones = new long[tokens.length];
    java.util.Arrays.fill(ones, 1);
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String name : session.getInputNames()) {
        long[] values = switch (name) {
          case "input_ids" -> tokens;
          case "attention_mask" -> ones;
          default -> new long[tokens.length];
        };
        inputs.put(name, OnnxTensor.createTensor(environment, new long[][] {values}));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        OnnxValue first = result.get(0);
        return first instanceof OnnxTensor tensor ? pooled(tensor, tokens.length) : null;
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private float @Nullable [] pooled(OnnxTensor tensor, int tokens) {
    long[] shape = tensor.getInfo().getShape();
    FloatBuffer values = tensor.getFloatBuffer();
    if (values == null || shape.length != 3 || shape[0] != 1 || shape[1] != tokens) {
      return null;
    }
    int width = (int) shape[2];
    float[] vector = new float[width];
    for (int token = 0; token < (terms.firstToken() ? 1 : tokens); token++) {
      for (int i = 0; i < width; i++) {
        vector[i] += values.get(token * width + i);
      }
    }
    return Vectors.normalise(vector) ? vector : null;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException nothingLeftToFree) {
      throw new EncoderFailure("the model could not be closed");
    }
  }
}
