package io.tidegate.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model that takes texts and gives a score for each: one input, a tensor of strings of shape [n] or [n, 1]; the scores are its first output
 * that is a float tensor of shape [n], [n, 1] or [n, classes], or a sequence of maps from class to score (what scikit-learn's exporter writes).
 * Any thread; one run at a time.
 */
final class TextModel implements AutoCloseable {
  private final OrtSession session;
  private final String input;
  private final boolean column;
  private final int classIndex;
  private final String className;

  /**
   * @param classIndex whose score counts, where scores have no names; -1 for the last
   * @param className the same where they have
   * @throws OrtException if the file is no such model
   */
  TextModel(Path file, int classIndex, String className) throws OrtException {
    this.classIndex = classIndex;
    this.className = className;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    }
    List<NodeInfo> inputs = List.copyOf(session.getInputInfo().values());
    if (inputs.size() != 1 || !(inputs.get(0).getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.STRING) {
      session.close();
      throw new OrtException("the model's one input must be a tensor of strings");
    }
    input = inputs.get(0).getName();
    column = info.getShape().length == 2;
  }

  /** One score for each text, in order. */
  synchronized float[] scores(List<String> texts) throws OrtException {
    long[] shape = column ? new long[] {texts.size(), 1} : new long[] {texts.size()};
    try (OnnxTensor asked = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), texts.toArray(new String[0]), shape);
        OrtSession.Result result = session.run(Map.of(input, asked))) {
      for (Map.Entry<String, OnnxValue> output : result) {
        OnnxValue value = output.getValue();
        if (value instanceof OnnxTensor tensor && tensor.getInfo().type == OnnxJavaType.FLOAT) {
          return fromTensor(tensor, texts.size());
        }
        if (value instanceof OnnxSequence sequence) {
          return fromMaps(sequence, texts.size());
        }
      }
    }
    throw new OrtException("the model gives no scores: neither a float tensor nor a sequence of maps");
  }

  private float[] fromTensor(OnnxTensor tensor, int count) throws OrtException {
    FloatBuffer all = tensor.getFloatBuffer();
    if (all.remaining() == 0 || all.remaining() % count != 0) {
      throw new OrtException("the model gives " + all.remaining() + " scores for " + count + " texts");
    }
    int classes = all.remaining() / count;
    int index = classIndex < 0 ? classes - 1 : classIndex;
    if (index >= classes) {
      throw new OrtException("the model has " + classes + " classes");
    }
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = all.get(i * classes + index);
    }
    return scores;
  }

  private float[] fromMaps(OnnxSequence sequence, int count) throws OrtException {
    List<? extends OnnxValue> maps = sequence.getValue();
    if (maps.size() != count) {
      throw new OrtException("the model gives " + maps.size() + " scores for " + count + " texts");
    }
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      Object score = null;
      for (Map.Entry<?, ?> entry : ((OnnxMap) maps.get(i)).getValue().entrySet()) {
        if (String.valueOf(entry.getKey()).equals(className)) {
          score = entry.getValue();
        }
      }
      if (!(score instanceof Float number)) {
        throw new OrtException("the model has no class of the given name");
      }
      scores[i] = number;
    }
    return scores;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
