package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Makes vectors from words, so that similar texts have similar vectors and the same text always the same. */
final class Embeddings {
  private static final int MAX_DIMENSIONS = 8192;

  private Embeddings() {}

  /** The texts (token lists are spelled) of an {@code input}, or null if it is no input at all. */
  static @Nullable List<String> inputs(JsonNode input) {
    if (input.isTextual()) {
      return List.of(input.textValue());
    }
    if (!input.isArray() || input.isEmpty()) {
      return null;
    }
    if (input.get(0).isNumber()) {
      return List.of(input.toString());
    }
    List<String> all = new ArrayList<>();
    for (JsonNode one : input) {
      all.add(one.isTextual() ? one.textValue() : one.toString());
    }
    return all;
  }

  static boolean tokens(JsonNode input) {
    return input.isArray() && !input.isEmpty() && !input.get(0).isTextual();
  }

  /** A vector of length 1: each word adds ±1 at four places that the seed and the word choose. */
  static float[] vector(String text, int dimensions, long seed) {
    float[] vector = new float[dimensions];
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      SplittableRandom random = new SplittableRandom(seed * 1_000_003 + word.hashCode());
      for (int i = 0; i < 4; i++) {
        vector[random.nextInt(dimensions)] += random.nextBoolean() ? 1 : -1;
      }
    }
    double square = 0;
    for (float part : vector) {
      square += part * part;
    }
    if (square == 0) {
      vector[0] = 1;
      return vector;
    }
    float scale = (float) (1 / Math.sqrt(square));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
    return vector;
  }

  static int dimensions(JsonNode root, int unlessSaid) {
    return Math.max(1, Math.min(MAX_DIMENSIONS, root.path("dimensions").asInt(unlessSaid)));
  }

  /** OpenAI's list, floats or little-endian float32 in base64. */
  static ObjectNode list(List<String> inputs, JsonNode root, String model, int dimensions, long seed) {
    boolean base64 = root.path("encoding_format").asText("float").equals("base64");
    ObjectNode node = Json.object().put("object", "list");
    ArrayNode data = node.putArray("data");
    int tokens = 0;
    for (int i = 0; i < inputs.size(); i++) {
      float[] vector = vector(inputs.get(i), dimensions, seed);
      ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
      if (base64) {
        one.put("embedding", base64(vector));
      } else {
        floats(one.putArray("embedding"), vector);
      }
      tokens += inputs.get(i).length() / 4 + 1;
    }
    node.put("model", model);
    node.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return node;
  }

  static void floats(ArrayNode array, float[] vector) {
    for (float part : vector) {
      array.add(part);
    }
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float part : vector) {
      bytes.putFloat(part);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
